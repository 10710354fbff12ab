import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Context } from '@/lib/people/context';
import { conflict, notFound } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import type { ArchivedRow } from '../archive/archive-rows';
import { instant } from '../event-filter';
import { mayReadLog } from '../may-read-log';
import { leafHash, type SealedFields } from '../seal/encoding';
import { HASH_BYTES, inclusionPath, rootOf } from '../seal/merkle-tree';
import { readStatement } from '../seal/statement';
import { type EventPlace, findArchived } from '../search/find-archived';
import { readingHot, whyUnseen } from '../search/hot-parts';
import type { OpenArchive } from '../search/read-archive';
import { type InclusionProof, PROOF_FORMAT } from './proof';
import { sealedColumns } from './sealed-rows';
import { segmentLeaves } from './segment-leaves';

const input = z.strictObject({
  id: z.uuid('this is no id of an audit event'),
  /** As listed: it finds the event's partition or archive. Without it each of them is asked. */
  timeStarted: instant.optional(),
});

/**
 * The inclusion proof of an event, from whichever tier has it (B4). Throws 'not_found', 'forbidden' (which leaves an event),
 * 'invalid', 'conflict' for an event that is not sealed yet, or whose row is not what was sealed, and 'unavailable' when it may
 * be in an archive that could not be read, or in a part of the hot tier that a cleanup has out of sight.
 */
export async function eventProof(ctx: Context, args: z.input<typeof input>): Promise<InclusionProof> {
  const place = parse(input, args);
  await mayReadLog(ctx);
  const { found: event, detached } = await readingHot(ctx.db, () => hotFields(ctx, place));
  if (event) return hotProof(ctx, event);
  const proof = await findArchived(ctx, place, (row, open) => archivedProof(ctx, row, open));
  if (proof) return proof;
  const unseen = whyUnseen(detached, place);
  if (unseen) throw unseen;
  throw notFound(`There is no audit event ${place.id}, neither in the hot tier nor in the archives.`);
}

async function hotProof(ctx: Context, event: SealedFields): Promise<InclusionProof> {
  const leaf = leafHash(event);
  const segments = await segmentsAround(ctx, event);
  if (segments.length === 0) {
    throw conflict('This event is not sealed yet: it will be within a quarter of an hour.');
  }
  for (const sealed of segments) {
    const index = placeOf(sealed.leaves, leaf);
    if (index >= 0) return proofOf(event, index, sealed);
  }
  throw conflict(
    'This event is in no sealed segment, though its time was sealed: it came late and is sealed with the next run, or it was altered. Verify the log.',
  );
}

/** The tree is built anew from the rows of the archive, and must have the root that was signed. */
async function archivedProof(
  ctx: Context,
  { segment, leaf, event }: ArchivedRow,
  open: OpenArchive & { archive: { id: string } },
): Promise<InclusionProof> {
  const [sealed] = await sealedSegments(ctx, sql`g.id = ${segment}`);
  const named = sealed && readStatement(sealed.body);
  const events = named?.kind === 'checkpoint' ? named.events : 0;
  const leaves = await segmentLeaves(ctx, open, { segment, events });
  const isSealed =
    named?.kind === 'checkpoint' &&
    named.segment === segment &&
    named.root === rootOf(leaves).toString('hex') &&
    placeOf(leaves, leafHash(event)) === leaf;
  if (!sealed || !isSealed) {
    throw conflict(
      'The archive of this event does not give the root that was sealed: it was altered. Verify the log.',
    );
  }
  return proofOf(event, leaf, { ...sealed, leaves });
}

const proofOf = (event: SealedFields, index: number, sealed: Sealed): InclusionProof => ({
  format: PROOF_FORMAT,
  event,
  leafIndex: index,
  path: inclusionPath(sealed.leaves, index).map((hash) => hash.toString('hex')),
  checkpoint: { body: sealed.body, signature: sealed.signature.toString('base64') },
  publicKey: sealed.publicKey,
});

/** An event of the hot tier; null when it is not there. */
async function hotFields(ctx: Context, { id, timeStarted }: EventPlace): Promise<SealedFields | null> {
  const at = timeStarted === undefined ? sql`true` : sql`e.time_started = ${timeStarted}::timestamptz`;
  const [event] = await ctx.db.execute<SealedFields & Record<string, unknown>>(sql`
    select ${sealedColumns} from audit_events e where e.id = ${id}::uuid and ${at} limit 1`);
  if (event?.timeCompleted === null) {
    throw conflict('This event is not final yet: its operation is going on, or was cut off.');
  }
  return event ? { ...event } : null;
}

interface Sealed {
  leaves: Buffer;
  body: string;
  signature: Buffer;
  publicKey: string;
}

interface SealedRow extends Omit<Sealed, 'publicKey' | 'leaves'>, Record<string, unknown> {
  leaves: Buffer | null;
  key_body: string;
}

/** The segments whose window holds the event. */
async function segmentsAround(ctx: Context, { timeCompleted }: SealedFields): Promise<Sealed[]> {
  const segments = await sealedSegments(
    ctx,
    sql`g.window_start <= ${timeCompleted}::timestamptz and g.window_end > ${timeCompleted}::timestamptz
      and g.leaves is not null`,
  );
  return segments.flatMap(({ leaves, ...sealed }) => (leaves ? [{ ...sealed, leaves }] : []));
}

/** Segments `g` with their checkpoints and the key that was in force. */
async function sealedSegments(
  ctx: Context,
  which: SQL,
): Promise<(Omit<Sealed, 'leaves'> & Pick<SealedRow, 'leaves'>)[]> {
  const rows = await ctx.db.execute<SealedRow>(sql`
    select g.leaves, c.body, c.signature, (
      select k.body from audit_statements k where k.kind = 'key' and k.sequence < c.sequence
      order by k.sequence desc limit 1) as key_body
    from audit_segments g join audit_statements c on c.sequence = g.statement_sequence
    where ${which}
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
