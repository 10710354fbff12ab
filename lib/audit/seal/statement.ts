import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json';

/** The version of what is signed. */
export const STATEMENT_FORMAT = 'lapse-audit-statement/1';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime({ precision: 6 });
const whole = z.int().min(0);
const eventId = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const keyName = z.string().regex(/^[0-9a-f]{16}$/);

/** Names a sealed segment: what it covers, how much is in it, and the root over all of it. */
const checkpoint = z.strictObject({
  kind: z.literal('checkpoint'),
  segment: whole,
  /** The half-open window [start, end) of time_completed. */
  window: z.strictObject({ start: instant, end: instant }),
  late: z.boolean(),
  events: whole,
  bytes: whole,
  root: hash,
});

/** Says what is lawfully removed from the hot tier, before it is removed. */
const prune = z.strictObject({
  kind: z.literal('prune'),
  /** null: all streams. */
  stream: z.string().nullable(),
  /** Exclusive, of time_completed. */
  until: instant,
  /** How many events of the hot tier are covered now; of one stream, how many it removes. */
  events: whole,
  copies: z.enum(['archived', 'final']),
  /** Why: the rule that it follows. */
  reason: z.string(),
  /** Of one stream: exactly what goes, in the transaction of the statement. */
  cut: z
    .strictObject({
      /** time_completed of the first event. */
      since: instant,
      /** Of the events at `until` itself those with a smaller id go as well; null: none does. */
      untilId: eventId.nullable(),
      bytes: whole,
      /** The root of the tree over the leaf hashes of these events, in the order of (time_completed, id). */
      root: hash,
    })
    .exactOptional(),
});

/** Numbers that follow each other without a gap, as their first and their last. */
const range = z.tuple([whole, whole]);

/** Says which archive is lawfully removed for good, before anything of it is. */
const expire = z.strictObject({
  kind: z.literal('expire'),
  archive: z.strictObject({
    id: z.uuid(),
    tier: z.enum(['warm', 'cold']),
    period: z.iso.date(),
    part: z.int().min(1),
    sha256: hash,
  }),
  /** Exclusive: all of its events were final before. */
  until: instant,
  events: whole,
  /** The segments that were in it. */
  segments: z.array(range),
  /** The statements that go with it: their checkpoints, and what was signed right before each. */
  statements: z.array(range),
  /** Why: the rule that it follows. */
  reason: z.string(),
});

/** Names the key that signs from here on. */
const key = z.strictObject({
  kind: z.literal('key'),
  /** SPKI, DER, in base64. */
  publicKey: z.base64(),
  /** The signature of the key before over KEY_CLAIM and the new one, in base64; null for the first key, or where that key is lost. */
  endorsement: z.base64().nullable(),
});

const contents = z.discriminatedUnion('kind', [checkpoint, prune, expire, key]);
const chained = {
  format: z.literal(STATEMENT_FORMAT),
  sequence: z.int().min(1),
  /** The hash of the statement before; null for the first one. */
  previous: hash.nullable(),
  at: instant,
  keyId: keyName,
};

const statement = z.discriminatedUnion('kind', [
  checkpoint.extend(chained),
  prune.extend(chained),
  expire.extend(chained),
  key.extend(chained),
]);

export type StatementContents = z.output<typeof contents>;
export type Statement = z.output<typeof statement>;
export type Checkpoint = Extract<Statement, { kind: 'checkpoint' }>;
export type PruneStatement = Extract<Statement, { kind: 'prune' }>;
export type ExpireStatement = Extract<Statement, { kind: 'expire' }>;

/** What the key before signs when it hands over, so that no other signature of it can be taken for that. */
export const keyClaim = (publicKeyBase64: string): string => `lapse-audit-key/1\n${publicKeyBase64}`;

/** The bytes that are signed and hashed. */
export const bodyOf = (value: Statement): string => canonicalJson(value);

export const hashOf = (body: string): Buffer => createHash('sha256').update(body, 'utf8').digest();

/** Reads a body that was signed; null when it is none, or not written as a statement is written. */
export function readStatement(body: string): Statement | null {
  try {
    const value = statement.parse(JSON.parse(body));
    return bodyOf(value) === body ? value : null;
  } catch {
    return null;
  }
}

/** A statement as it is stored and handed out. */
export interface ChainLink {
  sequence: number;
  body: string;
  signature: Uint8Array;
}
