/** One word each, the same in every list, page, command and mail. Most urgent first, as a filter lists them. */
export const STATES = [
  'failed',
  'partial',
  'deleting',
  'due',
  'scheduled',
  'held',
  'blocked',
  'paused',
  'kept',
  'not-managed',
  'deleted',
] as const;

export type State = (typeof STATES)[number];
