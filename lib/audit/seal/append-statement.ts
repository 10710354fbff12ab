import { desc, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { auditStatements } from '@/db/schema/audit-seal';
import { exactText } from './exact-time';
import type { SigningKey } from './signing-key';
import {
  bodyOf,
  hashOf,
  keyClaim,
  STATEMENT_FORMAT,
  type Statement,
  type StatementContents,
} from './statement';

/** The keys of the process: the one that signs, and the one before it where a key was replaced. */
export interface ChainKeys {
  current: SigningKey;
  previous?: SigningKey;
  /** Ids of keys that may follow one that is lost, because whoever runs Lapse says that they are theirs. */
  accepted?: ReadonlySet<string>;
}

/**
 * Signs a statement and adds it to the chain, in the caller's transaction; returns its sequence number. A key that has not
 * signed before is introduced by a statement of its own first, endorsed by the key before. Where that is not at hand the new
 * key has to be accepted in so many words: every verification would name it from then on. Throws an Error when it is not.
 * Writers of the chain take turns until they commit.
 */
export async function appendStatement(
  tx: Transaction,
  keys: ChainKeys,
  at: Date,
  contents: StatementContents,
): Promise<number> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lapse:audit-chain', 0))`);
  const last = await lastStatement(tx);
  if (last?.keyId === keys.current.id) return add(tx, keys.current, at, last, contents);
  const introduced = await introduce(tx, keys, at, last);
  return add(tx, keys.current, at, introduced, contents);
}

interface Last {
  sequence: number;
  hash: Buffer;
  keyId: string;
}

async function lastStatement(tx: Transaction): Promise<Last | null> {
  const [row] = await tx
    .select({ sequence: auditStatements.sequence, hash: auditStatements.hash, keyId: auditStatements.keyId })
    .from(auditStatements)
    .orderBy(desc(auditStatements.sequence))
    .limit(1);
  return row ?? null;
}

async function introduce(
  tx: Transaction,
  { current, previous, accepted }: ChainKeys,
  at: Date,
  last: Last | null,
): Promise<Last> {
  const publicKey = current.publicKey.toString('base64');
  const endorser = last && previous?.id === last.keyId ? previous : null;
  if (last && !endorser && !accepted?.has(current.id))
    throw new Error(strangeKeyWords(current.id, last.keyId));
  const endorsement = endorser ? endorser.sign(keyClaim(publicKey)).toString('base64') : null;
  const sequence = await add(tx, current, at, last, { kind: 'key', publicKey, endorsement });
  const added = await lastStatement(tx);
  if (added?.sequence !== sequence) throw new Error('the chain grew while it was locked');
  return added;
}

async function add(
  tx: Transaction,
  key: SigningKey,
  at: Date,
  last: Last | null,
  contents: StatementContents,
): Promise<number> {
  const value: Statement = {
    ...contents,
    format: STATEMENT_FORMAT,
    sequence: (last?.sequence ?? 0) + 1,
    previous: last?.hash.toString('hex') ?? null,
    at: exactText(at),
    keyId: key.id,
  };
  const body = bodyOf(value);
  await tx.insert(auditStatements).values({
    sequence: value.sequence,
    kind: value.kind,
    body,
    hash: hashOf(body),
    previousHash: last?.hash ?? null,
    keyId: key.id,
    signature: key.sign(body),
    createdAt: value.at,
  });
  return value.sequence;
}

const strangeKeyWords = (id: string, before: string): string =>
  `The audit log is signed with the key ${before}, and LAPSE_AUDIT_SIGNING_KEY is another one, ${id}. Give the old one as LAPSE_AUDIT_PREVIOUS_SIGNING_KEY, so that it signs the change. When it is lost, set LAPSE_AUDIT_ACCEPTED_KEYS=${id}.`;
