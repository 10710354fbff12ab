import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { canBeKept, shown } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { anonymousFacts } from './facts';
import { type GoneTranscript, loadGone } from './load-gone-transcript';
import type { AnonymousReason, HeldBackReason } from './reasons';
import { requireAnonymousRead } from './require-read';
import {
  consentsOf,
  type FirstOf,
  filesOfTranscript,
  type MeetingConsent,
  meetingsOf,
  type OwnMeeting,
  type Sibling,
  siblingsOf,
  type TranscriptFiles,
} from './transcript-parts';
import { whyHeldBack } from './why-held-back';

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
  recording: OwnRecording | null;
  /** Its own, and that of its recording when it is another one. */
  meetings: OwnMeeting[];
  files: TranscriptFiles;
  siblings: FirstOf<ListedSibling>;
  consents: FirstOf<MeetingConsent>;
}

export interface OwnRecording {
  id: string;
  /** Whether the platform has sent it. */
  isHere: boolean;
  /** Null: it is not here, or no multitrack recording. */
  tracks: number | null;
}

export type ListedSibling = Sibling & Pick<TranscriptDetail, 'heldBack'>;

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
      r.id is not null as has_recording, cardinality(r.track_keys) as tracks, facts.reason,
      ${exactColumn(sql`t.created_at`)} as created_at, ${exactColumn(sql`t.received_at`)} as received_at,
      ${exactColumn(sql`t.updated_at`)} as updated_at, ${exactColumn(sql`facts.may_go_from`)} as may_go_from
    from transcripts t
    join (${anonymousFacts(now, sql`t.id = ${id}`)}) facts on facts.transcript_id = t.id
    left join recordings r on r.id = t.recording_id
    where t.id = ${id}`);
  if (!row) return { gone: await loadGone(ctx, id) };
  const [meetings, files, siblings, consents] = await Promise.all([
    meetingsOf(ctx.db, id),
    filesOfTranscript(ctx.db, id),
    siblingsOf(ctx.db, id, now),
    consentsOf(ctx.db, id),
  ]);
  const due = [row, ...siblings.shown].filter(({ reason }) => reason === 'due');
  const kept = await whyHeldBack(
    ctx,
    due.map((one) => one.id),
    now,
  );
  const heldBack = (one: string): HeldBackReason | null => kept.get(one) ?? null;
  return {
    transcript: {
      ...detailOf(row),
      heldBack: heldBack(id),
      ...{ meetings, files, consents },
      siblings: {
        ...siblings,
        shown: siblings.shown.map((sibling) => ({ ...sibling, heldBack: heldBack(sibling.id) })),
      },
    },
  };
}

interface DetailRow extends Record<string, unknown> {
  id: string;
  name: string | null;
  status: string | null;
  source_kind: string;
  user_id: string | null;
  duration: number | null;
  recording_id: string | null;
  has_recording: boolean;
  tracks: number | null;
  reason: AnonymousReason;
  created_at: string | null;
  received_at: string;
  updated_at: string;
  may_go_from: string | null;
}

const detailOf = (
  row: DetailRow,
): Omit<TranscriptDetail, 'heldBack' | 'meetings' | 'files' | 'siblings' | 'consents'> => ({
  id: row.id,
  name: row.name,
  status: row.status,
  sourceKind: row.source_kind,
  owner: row.user_id,
  duration: row.duration,
  recording:
    row.recording_id === null
      ? null
      : { id: row.recording_id, isHere: row.has_recording, tracks: row.tracks },
  reason: row.reason,
  createdAt: row.created_at === null ? null : new Date(row.created_at),
  mayGoFrom: row.may_go_from === null ? null : new Date(row.may_go_from),
  receivedAt: new Date(row.received_at),
  updatedAt: new Date(row.updated_at),
});
