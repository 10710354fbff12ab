import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import { receiptsOfTranscript } from '@/lib/deletion/list-receipts';
import type { Receipt } from '@/lib/deletion/visible-receipt';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { canBeKept, shown } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { anonymousFacts } from './facts';
import { heldBack, neighboursOf } from './held-back';
import type { AnonymousReason, HeldBackReason } from './reasons';
import { requireAnonymousRead } from './require-read';
import {
  type AnonymousFile,
  consentsOf,
  filesOfTranscript,
  type MeetingConsent,
  type Sibling,
  siblingsOf,
} from './transcript-parts';

const input = z.strictObject({ id: z.string().max(1000) });

export interface TranscriptDetail {
  id: string;
  /** Its title, else its name; null: it has none. */
  name: string | null;
  status: string | null;
  sourceKind: string;
  owner: string | null;
  createdAt: Date | null;
  /** Seconds; null: the platform did not say. */
  duration: number | null;
  receivedAt: Date;
  updatedAt: Date;
  reason: AnonymousReason;
  /** Why no run takes it although it is due; null: one does, or it is not due. */
  heldBack: HeldBackReason | null;
  /** Null: never, under the policies there are. */
  mayGoFrom: Date | null;
  recordingId: string | null;
  /** Null when the recording never came, or has none. */
  trackKeys: string[] | null;
  /** Its own, or that of its recording. */
  meetingId: string | null;
  roomName: string | null;
  files: AnonymousFile[];
  siblings: Sibling[];
  consents: MeetingConsent[];
}

/** What is left of a transcript that was deleted: the receipts of its files. */
export interface GoneTranscript {
  id: string;
  receipts: Receipt[];
}

/**
 * One transcript with everything that belongs to it, and why it stays or when it goes; of one that is gone, what proves it.
 * Throws 'forbidden' (which leaves an audit event) and 'not_found'.
 */
export async function loadTranscript(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ transcript: TranscriptDetail } | { gone: GoneTranscript }> {
  await requireAnonymousRead(ctx, 'anonymous-data:transcripts');
  const { id } = parse(input, args);
  if (!canBeKept(id)) throw notFound(`There is no transcript ${shown(id)}.`);
  const now = ctx.clock.now();
  const [row] = await ctx.db.execute<DetailRow>(sql`
    select t.id, coalesce(t.title, t.name) as name, t.status, t.source_kind, t.user_id, t.duration, t.recording_id,
      r.track_keys, coalesce(t.meeting_id, r.meeting_id) as meeting_id, m.room_name, facts.reason,
      ${exactColumn(sql`t.created_at`)} as created_at, ${exactColumn(sql`t.received_at`)} as received_at,
      ${exactColumn(sql`t.updated_at`)} as updated_at, ${exactColumn(sql`facts.may_go_from`)} as may_go_from
    from transcripts t
    join (${anonymousFacts(now, sql`t.id = ${id}`)}) facts on facts.transcript_id = t.id
    left join recordings r on r.id = t.recording_id
    left join meetings m on m.id = coalesce(t.meeting_id, r.meeting_id)
    where t.id = ${id}`);
  if (!row) return { gone: await loadGone(ctx, id) };
  const [kept, files, siblings, consents] = await Promise.all([
    row.reason === 'due' ? whyHeldBack(ctx, id, now) : null,
    filesOfTranscript(ctx.db, id),
    siblingsOf(ctx.db, id, now),
    consentsOf(ctx.db, id),
  ]);
  return { transcript: { ...detailOf(row), heldBack: kept, files, siblings, consents } };
}

async function whyHeldBack(ctx: Context, id: string, now: Date): Promise<HeldBackReason | null> {
  const [row] = await ctx.db.execute<{ reason: HeldBackReason }>(sql`
    with facts as materialized (${anonymousFacts(now, sql`t.id in (${neighboursOf(id)})`)})
    select reason from (${heldBack(sql`facts`, now, ctx.storage.name)}) held_back where transcript_id = ${id}`);
  return row?.reason ?? null;
}

interface DetailRow extends Record<string, unknown> {
  id: string;
  name: string | null;
  status: string | null;
  source_kind: string;
  user_id: string | null;
  duration: number | null;
  recording_id: string | null;
  track_keys: string[] | null;
  meeting_id: string | null;
  room_name: string | null;
  reason: AnonymousReason;
  created_at: string | null;
  received_at: string;
  updated_at: string;
  may_go_from: string | null;
}

const detailOf = (
  row: DetailRow,
): Omit<TranscriptDetail, 'heldBack' | 'files' | 'siblings' | 'consents'> => ({
  id: row.id,
  name: row.name,
  status: row.status,
  sourceKind: row.source_kind,
  owner: row.user_id,
  duration: row.duration,
  recordingId: row.recording_id,
  trackKeys: row.track_keys,
  meetingId: row.meeting_id,
  roomName: row.room_name,
  reason: row.reason,
  createdAt: row.created_at === null ? null : new Date(row.created_at),
  mayGoFrom: row.may_go_from === null ? null : new Date(row.may_go_from),
  receivedAt: new Date(row.received_at),
  updatedAt: new Date(row.updated_at),
});

/** One without any file leaves no receipt of its own, and is then as unknown as one that never came. */
async function loadGone(ctx: Context, id: string): Promise<GoneTranscript> {
  const receipts = await receiptsOfTranscript(ctx, { transcriptId: id });
  if (receipts.length === 0) throw notFound(`There is no transcript ${shown(id)}.`);
  return { id, receipts };
}
