import { sql } from 'drizzle-orm';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import { countReceiptsOfTranscript, receiptsOfTranscript } from '@/lib/deletion/list-receipts';
import type { Receipt } from '@/lib/deletion/visible-receipt';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { shown } from '@/lib/platform/fields';

/** What is left of a transcript that was deleted. */
export interface GoneTranscript {
  id: string;
  /** Of its files, by key; the first 1,000. */
  receipts: Receipt[];
  /** How many there are; 0: it had no file. */
  total: number;
  /** The last run that deleted it; null when only receipts tell of it. */
  run: { id: string; endedAt: Date } | null;
}

/** What proves that a transcript is gone. Throws 'not_found' for one of which nothing is left, and 'forbidden'. */
export async function loadGone(ctx: Context, id: string): Promise<GoneTranscript> {
  const [receipts, run] = [await receiptsOfTranscript(ctx, { transcriptId: id }), await runThatTook(ctx, id)];
  if (receipts.length === 0 && run === null) throw notFound(`There is no transcript ${shown(id)}.`);
  const total =
    receipts.length < 1000 ? receipts.length : await countReceiptsOfTranscript(ctx, { transcriptId: id });
  return { id, receipts, total, run };
}

export type DeletingRun = NonNullable<GoneTranscript['run']> & { planId: string };

/** The last run that deleted a transcript, with all its files; null: none did. Access is the caller's. */
export async function runThatTook({ db }: Pick<Context, 'db'>, id: string): Promise<DeletingRun | null> {
  const [row] = await db.execute<{ id: string; plan_id: string; ended_at: string }>(sql`
    select r.id, r.plan_id, ${exactColumn(sql`coalesce(r.finished_at, r.started_at, r.created_at)`)} as ended_at
    from plan_transcripts took join job_runs r on r.plan_id = took.plan_id
    where took.transcript_id = ${id} and took.outcome = 'deleted'
    order by r.created_at desc limit 1`);
  return row ? { id: row.id, planId: row.plan_id, endedAt: new Date(row.ended_at) } : null;
}
