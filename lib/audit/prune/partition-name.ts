/** The names that the migrations give to partitions of audit_events, for Postgres and for us. */
export const PARTITION_NAME = '^audit_events_[0-9]{4}_[0-9]{2}(_[0-9]{2})?$';

export const isPartitionName = (name: string): boolean => new RegExp(PARTITION_NAME).test(name);

/** As an identifier of SQL; throws for any other name, so that nothing else is ever dropped. */
export function quotedPartition(name: string): string {
  if (!isPartitionName(name)) throw new Error(`${name} is no partition of the audit log`);
  return `"${name}"`;
}
