import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { leafHash, type SealedFields } from '../seal/encoding';
import { HASH_BYTES, inclusionPath } from '../seal/merkle-tree';
import { readStatement } from '../seal/statement';
import { type InclusionProof, PROOF_FORMAT } from './proof';
import { sealedColumns } from './sealed-rows';

const input = z.strictObject({ id: z.uuid('this is no id of an audit event') });

/**
 * The inclusion proof of an event of the hot tier (B4). Throws 'not_found', 'forbidden' (which leaves an event), 'invalid',
 * and 'conflict' for an event that is not sealed yet, or whose row is not what was sealed.
 */
export async function eventProof(ctx: Context, args: z.input<typeof input>): Promise<InclusionProof> {
  const { id } = parse(input, args);
  if (!can(ctx.actor, 'audit.read')) return refuse(ctx, {}, 'Only admins and auditors read the audit log.');
  const event = await sealedFields(ctx, id);
  const leaf = leafHash(event);
  const segments = await segmentsAround(ctx, event);
  if (segments.length === 0) {
    throw conflict('This event is not sealed yet: it will be within a quarter of an hour.');
  }
  for (const { leaves, body, signature, publicKey } of segments) {
    const index = placeOf(leaves, leaf);
    if (index < 0) continue;
    return {
      format: PROOF_FORMAT,
      event,
      leafIndex: index,
      path: inclusionPath(leaves, index).map((hash) => hash.toString('hex')),
      checkpoint: { body, signature: signature.toString('base64') },
      publicKey,
    };
  }
  throw conflict(
    'This event is in no sealed segment, though its time was sealed: it came late and is sealed with the next run, or it was altered. Verify the log.',
  );
}

async function sealedFields(ctx: Context, id: string): Promise<SealedFields> {
  const [event] = await ctx.db.execute<SealedFields & Record<string, unknown>>(sql`
    select ${sealedColumns} from audit_events e where e.id = ${id}::uuid limit 1`);
  if (!event) throw notFound(`There is no audit event ${id} in the hot tier.`);
  if (event.timeCompleted === null) {
    throw conflict('This event is not final yet: its operation is going on, or was cut off.');
  }
  return { ...event };
}

interface Sealed {
  leaves: Buffer;
  body: string;
  signature: Buffer;
  publicKey: string;
}

interface SealedRow extends Omit<Sealed, 'publicKey'>, Record<string, unknown> {
  key_body: string;
}

/** The segments whose window holds the event, with their checkpoints and the key that was in force. */
async function segmentsAround(ctx: Context, { timeCompleted }: SealedFields): Promise<Sealed[]> {
  const rows = await ctx.db.execute<SealedRow>(sql`
    select g.leaves, c.body, c.signature, (
      select k.body from audit_statements k where k.kind = 'key' and k.sequence < c.sequence
      order by k.sequence desc limit 1) as key_body
    from audit_segments g join audit_statements c on c.sequence = g.statement_sequence
    where g.window_start <= ${timeCompleted}::timestamptz and g.window_end > ${timeCompleted}::timestamptz
      and g.leaves is not null
    order by g.id
    limit 1000`);
  return rows.map(({ key_body, leaves, body, signature }) => {
    const key = readStatement(key_body);
    if (key?.kind !== 'key') throw new Error('a checkpoint has no key before it');
    return { leaves, body, signature, publicKey: key.publicKey };
  });
}

/** The index of a leaf, or -1: at the borders of hashes only. */
function placeOf(leaves: Buffer, leaf: Buffer): number {
  for (let from = 0; ; ) {
    const at = leaves.indexOf(leaf, from);
    if (at < 0) return -1;
    if (at % HASH_BYTES === 0) return at / HASH_BYTES;
    from = at + 1;
  }
}
