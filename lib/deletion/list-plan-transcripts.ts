import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import type { Context } from '@/lib/people/context';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';
import { sayReason } from './reasons';

const planId = z.uuid('this is no id of a plan');
const input = z.strictObject({
  planId,
  show: z.enum(['all', 'goes', 'held-back', 'failed', 'shrunk']).default('all'),
  reason: z
    .string()
    .max(100)
    .refine((code) => !code.includes('\0'), 'this is no reason')
    .optional(),
  /** `nextAfter` of the page before. */
  after: wholeNumber(0, 2_147_483_647, 'position').default(0),
  limit: wholeNumber(1, 1000, 'number').default(100),
});

/** A transcript of a plan of anonymous data, with what becomes of it as a whole (R4). */
export interface PlanTranscript {
  position: number;
  transcriptId: string;
  /** Its title, else its name; null: it has none, or is gone. */
  name: string | null;
  /** Null: the platform did not say. */
  madeAt: Date | null;
  mayGoFrom: Date | null;
  willDelete: boolean;
  reason: string;
  outcome: 'deleted' | 'failed' | 'shrunk' | null;
  outcomeReason: string | null;
  error: string | null;
  /** Items of the plan that go or stay with it. */
  files: number;
}

/** A page of a plan's transcripts, in the order of the plan. `nextAfter` is null on the last one. Throws 'forbidden'. */
export async function listPlanTranscripts(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ transcripts: PlanTranscript[]; nextAfter: number | null }> {
  const filter = parse(input, args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db.execute<TranscriptRow>(sql`
    with page as materialized (
      select * from plan_transcripts
      where plan_id = ${filter.planId}::uuid and position > ${filter.after} and ${shown(filter.show)}
        and ${filter.reason === undefined ? sql`true` : sql`reason = ${filter.reason}`}
      order by position limit ${filter.limit + 1}
    )
    select page.position, page.transcript_id, coalesce(t.title, t.name) as name, page.will_delete, page.reason, page.outcome,
      page.outcome_reason, page.error, ${exactColumn(sql`page.made_at`)} as made_at,
      ${exactColumn(sql`page.may_go_from`)} as may_go_from, coalesce(items.files, 0)::int as files
    from page left join transcripts t on t.id = page.transcript_id
    left join (
      select transcript_id, count(*) as files from plan_items where plan_id = ${filter.planId}::uuid
        and transcript_id in (select transcript_id from page)
      group by transcript_id
    ) items on items.transcript_id = page.transcript_id
    order by page.position`);
  const transcripts = rows.slice(0, filter.limit).map(transcriptOf);
  return {
    transcripts,
    nextAfter: rows.length > transcripts.length ? (transcripts.at(-1)?.position ?? null) : null,
  };
}

interface TranscriptRow extends Record<string, unknown> {
  position: number;
  transcript_id: string;
  name: string | null;
  will_delete: boolean;
  reason: string;
  outcome: PlanTranscript['outcome'];
  outcome_reason: string | null;
  error: string | null;
  made_at: string | null;
  may_go_from: string | null;
  files: number;
}

const transcriptOf = (row: TranscriptRow): PlanTranscript => ({
  position: row.position,
  transcriptId: row.transcript_id,
  name: row.name,
  madeAt: row.made_at === null ? null : new Date(row.made_at),
  mayGoFrom: row.may_go_from === null ? null : new Date(row.may_go_from),
  willDelete: row.will_delete,
  reason: row.reason,
  outcome: row.outcome,
  outcomeReason: row.outcome_reason,
  error: row.error,
  files: row.files,
});

function shown(show: z.output<typeof input>['show']): SQL {
  switch (show) {
    case 'all':
      return sql`true`;
    case 'goes':
      return sql`will_delete`;
    case 'held-back':
      return sql`not will_delete`;
    case 'failed':
    case 'shrunk':
      return sql`outcome = ${show}`;
  }
}

/** Transcripts of a plan that go or stay for one reason. */
export interface PlanTranscriptReason {
  /** A code of lib/deletion/reasons, and the same in words. */
  reason: string;
  words: string;
  goes: boolean;
  transcripts: number;
  /** False: the plan only counts them; that of a schedule names what goes. */
  isNamed: boolean;
}

/** The transcripts of a plan by reason, what goes first and then most first. Throws 'forbidden'. */
export async function planTranscriptsByReason(
  ctx: Context,
  args: { planId: string },
): Promise<PlanTranscriptReason[]> {
  const given = parse(z.strictObject({ planId }), args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db.execute<ReasonRow>(sql`
    select reason, will_delete, true as is_named, count(*)::int as transcripts from plan_transcripts
    where plan_id = ${given.planId}::uuid group by reason, will_delete
    union all
    select counted.key, false, false, counted.value::int
    from plans cross join jsonb_each_text(held_back_counted) counted where plans.id = ${given.planId}::uuid
    order by will_delete desc, transcripts desc, reason`);
  return rows.map(({ reason, will_delete: goes, transcripts, is_named: isNamed }) => ({
    reason,
    words: sayReason(reason),
    goes,
    transcripts,
    isNamed,
  }));
}

interface ReasonRow extends Record<string, unknown> {
  reason: string;
  will_delete: boolean;
  is_named: boolean;
  transcripts: number;
}
