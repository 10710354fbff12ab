import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable, Transaction } from '@/db/client';
import { auditStreamHolds } from '@/db/schema/audit-limits';
import { holdReasonField, matterField } from '@/lib/holds/hold-fields';
import { requireHoldsRead } from '@/lib/holds/load-hold';
import { can } from '@/lib/people/access';
import { actorPersonId, recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { sayActor } from '@/lib/people/say-actor';
import { conflict, forbidden, notFound } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { parse } from '@/lib/platform/parse';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { audited } from '../record';
import { lockSealing } from '../seal/seal-events';
import { streamName } from '../streams';
import { lockStream } from './stream-lock';

const placing = z.strictObject({ stream: streamName, matter: matterField, reason: holdReasonField });
const releasing = z.strictObject({
  stream: streamName,
  holdId: z.uuid('this is no id of a hold'),
  reason: holdReasonField,
});

/**
 * Places a hold on a stream of the audit log, the own one of Lapse too. Until somebody releases it, nothing of the stream
 * goes but what a verified archive has, and such an archive does not expire (L3). Holds add up. A cleanup that is going on
 * comes to its end first. Throws 'invalid', 'forbidden', 'not_found'.
 */
export async function placeStreamHold(
  ctx: Context,
  args: z.input<typeof placing>,
): Promise<{ holdId: string; placedAt: Date }> {
  const { stream, matter, reason } = parse(placing, args);
  return audited(ctx, { action: 'audit-hold.place', target: `stream:${stream}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'holds.write')) {
        throw forbidden(sayLacking(ctx.actor, 'holds.write', 'Only admins place holds.'));
      }
      await keepRemovalsOut(tx, stream);
      const [row] = await tx.execute(sql`select 1 from audit_streams where name = ${stream}`);
      if (!row) throw notFound(`There is no stream “${stream}”.`);
      const [holdId, placedAt] = [newId(), ctx.clock.now()];
      await tx.insert(auditStreamHolds).values({
        id: holdId,
        stream,
        matter,
        reason,
        placedBy: actorPersonId(ctx.actor),
        placedByActor: recordedActor(ctx.actor),
        placedAt,
      });
      await event.succeed(tx, { oldValue: null, newValue: { holdId, matter } });
      return { holdId, placedAt };
    }),
  );
}

/** Whoever removes events or archives holds one of these locks until it has committed, and looks for holds after it has it. */
async function keepRemovalsOut(tx: Transaction, stream: string): Promise<void> {
  await lockSealing(tx);
  await lockStream(tx, stream);
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lapse:audit-delete', 0))`);
}

/**
 * Releases a hold on a stream, once; from then on limits and periods decide again. Throws 'invalid', 'forbidden', 'not_found',
 * and 'conflict' when it is released already.
 */
export async function releaseStreamHold(
  ctx: Context,
  args: z.input<typeof releasing>,
): Promise<{ holdId: string; releasedAt: Date }> {
  const { stream, holdId, reason } = parse(releasing, args);
  return audited(ctx, { action: 'audit-hold.release', target: `stream:${stream}`, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'holds.write')) {
        throw forbidden(sayLacking(ctx.actor, 'holds.write', 'Only admins release holds.'));
      }
      const [hold] = await tx.execute<{ matter: string; reason: string; released_at: string | null }>(sql`
        select matter, reason, released_at::text as released_at from audit_stream_holds
        where id = ${holdId}::uuid and stream = ${stream} for update`);
      if (!hold) throw notFound(`There is no hold ${holdId} on the stream “${stream}”.`);
      if (hold.released_at !== null) throw conflict('This hold was released already.');
      const releasedAt = ctx.clock.now();
      await tx.execute(sql`
        update audit_stream_holds
        set released_at = ${releasedAt.toISOString()}::timestamptz, released_by = ${actorPersonId(ctx.actor)},
          released_by_actor = ${JSON.stringify(recordedActor(ctx.actor))}::jsonb, release_reason = ${reason}
        where id = ${holdId}::uuid`);
      await event.succeed(tx, {
        oldValue: { holdId, matter: hold.matter, reason: hold.reason },
        newValue: { holdId, releasedAt },
      });
      return { holdId, releasedAt };
    }),
  );
}

export interface StreamHold {
  id: string;
  matter: string;
  reason: string;
  placedAt: Date;
  placedBy: string;
  /** Null while it is active, as are the next two. */
  releasedAt: Date | null;
  releasedBy: string | null;
  releaseReason: string | null;
}

const LISTED = 200;

const listing = z.strictObject({ stream: streamName });

/** The same for whoever reads holds; throws 'forbidden' (which leaves an event), 'not_found', 'invalid'. */
export async function listStreamHolds(ctx: Context, args: z.input<typeof listing>): Promise<StreamHold[]> {
  await requireHoldsRead(ctx);
  const { stream } = parse(listing, args);
  const [row] = await ctx.db.execute(sql`select 1 from audit_streams where name = ${stream}`);
  if (!row) throw notFound(`There is no stream “${stream}”.`);
  return streamHolds(ctx.db, stream);
}

/** The holds on a stream, the active ones first, then the newest; access is the caller's. At most 200. */
export async function streamHolds(db: Queryable, stream: string): Promise<StreamHold[]> {
  const rows = await db
    .select()
    .from(auditStreamHolds)
    .where(sql`${auditStreamHolds.stream} = ${stream}`)
    .orderBy(
      sql`${auditStreamHolds.releasedAt} is not null, ${auditStreamHolds.placedAt} desc, ${auditStreamHolds.id} desc`,
    )
    .limit(LISTED);
  return rows.map((row) => ({
    id: row.id,
    matter: row.matter,
    reason: row.reason,
    placedAt: row.placedAt,
    placedBy: sayActor(row.placedByActor),
    releasedAt: row.releasedAt,
    releasedBy: row.releasedByActor === null ? null : sayActor(row.releasedByActor),
    releaseReason: row.releaseReason,
  }));
}
