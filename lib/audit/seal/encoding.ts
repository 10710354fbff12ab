import { binaryHash, bytesOfHash } from './merkle-tree';

/** An event as it is hashed: what is stored, as text; JSON as Postgres prints jsonb; times in UTC with microseconds. */
export interface SealedFields {
  stream: string;
  id: string;
  timeStarted: string;
  timeCompleted: string;
  result: string;
  action: string;
  actor: string;
  actorDetails: string;
  target: string | null;
  oldValue: string | null;
  newValue: string | null;
  reason: string | null;
  error: string | null;
}

/** The fields in the order of the encoding; a change of it is a new version. */
export const SEALED_FIELDS = [
  'stream',
  'id',
  'timeStarted',
  'timeCompleted',
  'result',
  'action',
  'actor',
  'actorDetails',
  'target',
  'oldValue',
  'newValue',
  'reason',
  'error',
] as const satisfies readonly (keyof SealedFields)[];

/** The first line of every encoding. */
export const ENCODING_VERSION = 'lapse-audit-event/1';

/**
 * The canonical encoding of an event, version 1 (B4): a first line that names it, then each field as
 * '<length in bytes>:<text>', or '-' for none, each on a line. No two events have the same one, and no setting of a session
 * or a machine changes it. The database says the same in `audit_event_encoding`.
 */
export const encodeEvent = (event: SealedFields): Buffer => Buffer.from(encoded(event), 'utf8');

const encoded = (event: SealedFields): string =>
  `${ENCODING_VERSION}\n${SEALED_FIELDS.map((name) => encodeField(event[name])).join('')}`;

const encodeField = (text: string | null) =>
  text === null ? '-\n' : `${Buffer.byteLength(text, 'utf8')}:${text}\n`;

/** The hash of an event as a leaf of its segment's tree (RFC 6962, 2.1): SHA-256 over a zero byte and the encoding. */
export const leafHash = (event: SealedFields): Buffer => bytesOfHash(binaryHash(`\0${encoded(event)}`));
