import { z } from 'zod';
import { leafHash, type SealedFields } from '../seal/encoding';
import { rootFromPath } from '../seal/merkle-tree';
import { isSignedBy, keyId } from '../seal/signing-key';
import { readStatement } from '../seal/statement';

export const PROOF_FORMAT = 'lapse-audit-proof/1';

const text = z.string();
const optional = z.string().nullable();
const event = z.strictObject({
  stream: text,
  id: z.uuid(),
  timeStarted: text,
  timeCompleted: text,
  result: text,
  action: text,
  actor: text,
  actorDetails: text,
  target: optional,
  oldValue: optional,
  newValue: optional,
  reason: optional,
  error: optional,
}) satisfies z.ZodType<SealedFields>;

const signed = z.strictObject({ body: text, signature: z.base64() });

const proof = z.strictObject({
  format: z.literal(PROOF_FORMAT, 'this is no proof that Lapse made'),
  /** The event as it was sealed; JSON in it is text, byte for byte. */
  event,
  /** Its place among the leaves, from 0. */
  leafIndex: z.int().min(0),
  /** The hashes beside its way to the root, from the leaf upwards, in hex. */
  path: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(64),
  /** The checkpoint that names the root. */
  checkpoint: signed,
  /** The public key that signed it: SPKI, DER, in base64. */
  publicKey: z.base64(),
});

/** An inclusion proof: everything that is needed to check, without any server, that an event was in the log. */
export type InclusionProof = z.output<typeof proof>;

export type CheckedProof =
  | {
      holds: true;
      event: SealedFields;
      segment: number;
      statement: number;
      /** When the checkpoint was signed, in UTC with microseconds. */
      sealedAt: string;
      /** Compare it with the key that the operator has published. */
      keyId: string;
    }
  | { holds: false; why: string };

/** Checks a proof (B4), offline: it needs nothing but the proof. `value` is what was read as JSON. */
export function checkProof(value: unknown): CheckedProof {
  const read = proof.safeParse(value);
  if (!read.success) return { holds: false, why: `It is not a proof: ${z.prettifyError(read.error)}` };
  const { event: sealed, leafIndex: index, path, checkpoint, publicKey } = read.data;
  const key = Buffer.from(publicKey, 'base64');
  const statement = readStatement(checkpoint.body);
  if (statement?.kind !== 'checkpoint') return { holds: false, why: 'Its checkpoint is none.' };
  if (
    statement.keyId !== keyId(key) ||
    !isSignedBy(key, checkpoint.body, Buffer.from(checkpoint.signature, 'base64'))
  ) {
    return { holds: false, why: 'Its checkpoint is not signed by its key.' };
  }
  const siblings = path.map((hash) => Buffer.from(hash, 'hex'));
  const root = rootFromPath(leafHash(sealed), { index, size: statement.events, path: siblings });
  if (root?.toString('hex') !== statement.root) {
    return { holds: false, why: 'The event does not lead to the root of the checkpoint.' };
  }
  return {
    holds: true,
    event: sealed,
    segment: statement.segment,
    statement: statement.sequence,
    sealedAt: statement.at,
    keyId: statement.keyId,
  };
}
