import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { anonymousHolds } from '@/db/schema/anonymous';
import { audited } from '@/lib/audit/record';
import { holdReasonField, matterField } from '@/lib/holds/hold-fields';
import { can } from '@/lib/people/access';
import { actorPersonId, recordedActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden, notFound } from '@/lib/platform/errors';
import { shown } from '@/lib/platform/fields';
import { newId } from '@/lib/platform/ids';
import { parse } from '@/lib/platform/parse';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { lockTranscripts } from './lock-transcripts';
import { platformId } from './record-fields';
import { ownersOf } from './referrers';

/** Null: all anonymous data. */
const holdTranscript = platformId.nullable();

const placing = z.strictObject({
  transcriptId: holdTranscript,
  matter: matterField,
  reason: holdReasonField,
});

export interface PlacedAnonymousHold {
  holdId: string;
  placedAt: Date;
  /** Objects that a run had committed to deleting before: the hold comes too late for them (L7). */
  filesBeingDeleted: number;
}

/** As the audit log names it. */
const targetOf = (transcriptId: string | null): string =>
  transcriptId === null ? 'anonymous-data' : `transcript:${transcriptId}`;

/**
 * Places a hold on a transcript, or on all anonymous data (L3). Until somebody releases it nothing of it goes, and neither do a
 * recording and a meeting to which it refers. Holds add up. Throws 'invalid', 'forbidden', 'not_found'.
 */
export async function placeAnonymousHold(
  ctx: Context,
  args: z.input<typeof placing>,
): Promise<PlacedAnonymousHold> {
  const { transcriptId, matter, reason } = parse(placing, args);
  return audited(ctx, { action: 'anonymous-hold.place', target: targetOf(transcriptId), reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'holds.write')) {
        throw forbidden(sayLacking(ctx.actor, 'holds.write', 'Only admins place holds.'));
      }
      await lockTranscripts(tx);
      if (transcriptId !== null) {
        const [found] = await tx.execute(sql`select 1 from transcripts where id = ${transcriptId}`);
        if (!found) throw notFound(`There is no transcript ${shown(transcriptId)}.`);
      }
      const [holdId, placedAt] = [newId(), ctx.clock.now()];
      await tx.insert(anonymousHolds).values({
        id: holdId,
        transcriptId,
        matter,
        reason,
        placedBy: actorPersonId(ctx.actor),
        placedByActor: recordedActor(ctx.actor),
        placedAt,
      });
      const tooLate = await filesBeingDeleted(tx, transcriptId);
      await event.succeed(tx, {
        oldValue: null,
        newValue: { holdId, matter, transcriptId, filesBeingDeleted: tooLate },
      });
      return { holdId, placedAt, filesBeingDeleted: tooLate };
    }),
  );
}

async function filesBeingDeleted(db: Queryable, transcriptId: string | null): Promise<number> {
  const condition =
    transcriptId === null
      ? sql``
      : sql`and (f.transcript_id = ${transcriptId}
          or f.recording_id in (select id from (${ownersOf(sql`${transcriptId}`)}) owned where kind = 'recording')
          or f.meeting_id in (select id from (${ownersOf(sql`${transcriptId}`)}) owned where kind = 'meeting'))`;
  const [row] = await db.execute<{ files: number }>(sql`
    select count(distinct f.storage_key)::int as files from anonymous_files f where f.state = 'deleting' ${condition}`);
  return row?.files ?? 0;
}

const releasing = z.strictObject({ holdId: z.uuid('this is no id of a hold'), reason: holdReasonField });

/**
 * Releases a hold on anonymous data, once; from then on the published period decides again. Throws 'invalid', 'forbidden',
 * 'not_found', and 'conflict' when it is released already.
 */
export async function releaseAnonymousHold(
  ctx: Context,
  args: z.input<typeof releasing>,
): Promise<{ holdId: string; releasedAt: Date }> {
  const { holdId, reason } = parse(releasing, args);
  // Under the same name as its placing, so that both stand among the events of the transcript.
  const [known] = await ctx.db
    .select({ transcriptId: anonymousHolds.transcriptId })
    .from(anonymousHolds)
    .where(eq(anonymousHolds.id, holdId));
  const target = targetOf(known?.transcriptId ?? null);
  return audited(ctx, { action: 'anonymous-hold.release', target, reason }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'holds.write')) {
        throw forbidden(sayLacking(ctx.actor, 'holds.write', 'Only admins release holds.'));
      }
      const [hold] = await tx
        .select()
        .from(anonymousHolds)
        .where(eq(anonymousHolds.id, holdId))
        .for('update');
      if (!hold) throw notFound(`There is no hold ${holdId} on anonymous data.`);
      if (hold.releasedAt !== null) throw conflict('This hold was released already.');
      const releasedAt = ctx.clock.now();
      await tx
        .update(anonymousHolds)
        .set({
          releasedAt,
          releasedBy: actorPersonId(ctx.actor),
          releasedByActor: recordedActor(ctx.actor),
          releaseReason: reason,
        })
        .where(eq(anonymousHolds.id, holdId));
      const { transcriptId, matter, reason: placedFor } = hold;
      await event.succeed(tx, {
        oldValue: { holdId, transcriptId, matter, reason: placedFor },
        newValue: { releasedAt },
      });
      return { holdId, releasedAt };
    }),
  );
}
