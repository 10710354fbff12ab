import { desc, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { consentSummaries } from '@/db/schema/notices';
import { refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';

const input = z.strictObject({
  /** The `nextCursor` of the page before: the start of its last window. */
  cursor: z.iso.datetime({ error: 'use the cursor of the page before' }).optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});

export type ConsentSummary = Omit<typeof consentSummaries.$inferSelect, 'createdAt'>;

/**
 * The summaries of consent that were mailed, or are to be, the newest window first. Windows in which nothing changed are
 * left out: nobody got a mail. For admins and auditors; throws 'forbidden', which leaves an audit event, and 'invalid'.
 */
export async function listConsentSummaries(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<{ summaries: ConsentSummary[]; nextCursor: string | null }> {
  if (!can(ctx.actor, 'challenges.read-all')) {
    return refuse(ctx, {}, 'Only admins and auditors see the summaries of consent.');
  }
  const { cursor, limit } = parse(input, args);
  const before = cursor === undefined ? undefined : lt(consentSummaries.windowStart, new Date(cursor));
  const rows = await ctx.db
    .select()
    .from(consentSummaries)
    .where(sql`${consentSummaries.given} + ${consentSummaries.withdrawn} > 0 and ${before ?? sql`true`}`)
    .orderBy(desc(consentSummaries.windowStart))
    .limit(limit + 1);
  const summaries = rows.slice(0, limit);
  const last = summaries.at(-1);
  return { summaries, nextCursor: rows.length > limit && last ? last.windowStart.toISOString() : null };
}
