import { createHash } from 'node:crypto';

/** A uuid that its source may choose (RFC 9562). Not of version 8: those are made below, and nobody shall take one beforehand. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-7][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export interface EventId {
  id: string;
  /** The id as its source wrote it; null when it is kept as it is. */
  sourceId: string | null;
}

/**
 * The id of a pushed event: a uuid stays what it is; of any other text the SHA-256 of stream and text makes one (version
 * 8), always the same.
 */
export function eventId(stream: string, given: string): EventId {
  const lower = given.toLowerCase();
  if (UUID.test(lower)) return { id: lower, sourceId: null };
  const hash = createHash('sha256').update(`lapse-audit-event-id/1\n${stream}\n${given}`).digest();
  hash[6] = 0x80 | ((hash[6] ?? 0) & 0x0f);
  hash[8] = 0x80 | ((hash[8] ?? 0) & 0x3f);
  const hex = hash.toString('hex', 0, 16);
  return { id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), sourceId: given };
}
