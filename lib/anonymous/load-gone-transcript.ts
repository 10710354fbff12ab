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

/** Asked of each plan by its index: there are a few hundred in a year, with any number of transcripts. */
async function runThatTook({ db }: Pick<Context, 'db'>, id: string): Promise<GoneTranscript['run']> {
  const [row] = await db.execute<{ id: string; ended_at: string }>(sql`
    select r.id, ${exactColumn(sql`coalesce(r.finished_at, r.started_at, r.created_at)`)} as ended_at
    from plans p
    cross join lateral (
      select plan_id from plan_transcripts t
      where t.plan_id = p.id and t.transcript_id = ${id} and t.outcome = 'deleted'
    ) took
    join job_runs r on r.plan_id = p.id
    where p.source = 'anonymous-data'
    order by r.created_at desc limit 1`);
  return row ? { id: row.id, endedAt: new Date(row.ended_at) } : null;
}
