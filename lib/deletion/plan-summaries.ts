import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';
import { sayReason } from './reasons';

const input = z.strictObject({ planId: z.uuid('this is no id of a plan') });

export interface PlanChallenge {
  challengeId: number;
  title: string;
  /** What goes: submissions, distinct objects, and the bytes of those whose size is known. */
  submissions: number;
  files: number;
  bytes: number;
  /** Submissions of which something is held back. */
  heldBackSubmissions: number;
}

/**
 * A plan by challenge, most bytes first. A file that challenges share counts in each of them, so the files may add up to
 * more than the plan's. Throws 'forbidden'.
 */
export async function planSummaryByChallenge(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<PlanChallenge[]> {
  const { planId } = parse(input, args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db.execute<Record<string, unknown>>(sql`
    select by_challenge.challenge_id, coalesce(c.title, '') as title, submissions, held_back, coalesce(files, 0) as files,
      coalesce(bytes, 0) as bytes
    from (
      select challenge_id, count(distinct submission_id) filter (where will_delete) as submissions,
        count(distinct submission_id) filter (where not will_delete) as held_back
      from plan_items where plan_id = ${planId}::uuid group by challenge_id
    ) by_challenge
    left join (
      select challenge_id, count(*) as files, sum(size) as bytes
      from (
        select challenge_id, storage_key, max(size_bytes) as size from plan_items
        where plan_id = ${planId}::uuid and will_delete group by challenge_id, storage_key
      ) objects group by challenge_id
    ) sums on sums.challenge_id = by_challenge.challenge_id
    left join challenges c on c.id = by_challenge.challenge_id
    order by bytes desc, files desc, by_challenge.challenge_id
    limit 10000`);
  return rows.map((row) => ({
    challengeId: Number(row.challenge_id),
    title: String(row.title),
    submissions: Number(row.submissions),
    files: Number(row.files),
    bytes: Number(row.bytes),
    heldBackSubmissions: Number(row.held_back),
  }));
}

export interface PlanReason {
  /** A code of lib/deletion/reasons, and the same in words. */
  reason: string;
  words: string;
  goes: boolean;
  submissions: number;
  files: number;
}

/** A plan by reason, what goes first and then most submissions first. Throws 'forbidden'. */
export async function planSummaryByReason(ctx: Context, args: z.input<typeof input>): Promise<PlanReason[]> {
  const { planId } = parse(input, args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db.execute<Record<string, unknown>>(sql`
    select reason, will_delete, count(distinct submission_id) as submissions, count(distinct storage_key) as files
    from plan_items where plan_id = ${planId}::uuid
    group by reason, will_delete
    order by will_delete desc, submissions desc, reason`);
  return rows.map((row) => ({
    reason: String(row.reason),
    words: sayReason(String(row.reason)),
    goes: row.will_delete === true,
    submissions: Number(row.submissions),
    files: Number(row.files),
  }));
}
