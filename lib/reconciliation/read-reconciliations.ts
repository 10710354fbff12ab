import { and, asc, desc, eq, gt, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import { challenges } from '@/db/schema/challenges';
import { jobRuns } from '@/db/schema/jobs';
import { findingKind, reconciliationFindings, reconciliations } from '@/db/schema/reconciliation';
import { refuse } from '@/lib/audit/record';
import type { JobRun } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import type { Reconciliation } from './reconcile-artifacts';

/** A comparison with the state of the run that made it. */
export type ReconciliationRow = Reconciliation & { runState: JobRun['state']; runSummary: string | null };

const SHOWN = 10;

/** The last comparisons, the newest first, at most 10. For admins and auditors; throws 'forbidden'. */
export async function listReconciliations(ctx: Context): Promise<ReconciliationRow[]> {
  await mayRead(ctx);
  const rows = await ctx.db
    .select({ reconciliation: reconciliations, runState: jobRuns.state, runSummary: jobRuns.summary })
    .from(reconciliations)
    .innerJoin(jobRuns, eq(jobRuns.id, reconciliations.jobRunId))
    .orderBy(desc(reconciliations.startedAt), desc(reconciliations.id))
    .limit(SHOWN);
  return rows.map(({ reconciliation, ...run }) => ({ ...reconciliation, ...run }));
}

/** The newest comparison that is complete; null when there is none. For admins and auditors; throws 'forbidden'. */
export async function latestReconciliation(ctx: Context): Promise<Reconciliation | null> {
  await mayRead(ctx);
  const [row] = await ctx.db
    .select()
    .from(reconciliations)
    .where(isNotNull(reconciliations.finishedAt))
    .orderBy(desc(reconciliations.startedAt), desc(reconciliations.id))
    .limit(1);
  return row ?? null;
}

const findingsInput = z.strictObject({
  reconciliationId: z.uuid('this is no id of a comparison'),
  kind: z
    .enum(findingKind.enumValues, { error: `use one of ${findingKind.enumValues.join(', ')}` })
    .optional(),
  /** `nextAfter` of the page before. */
  after: wholeNumber(0, 2_147_483_647, 'position').default(0),
  limit: wholeNumber(1, 1000, 'number').default(50),
});

export type ListFindingsInput = z.input<typeof findingsInput>;
export type Finding = typeof reconciliationFindings.$inferSelect & { challengeTitle: string | null };

/**
 * A page of the findings of a comparison, in the order in which they were found; `nextAfter` is null on the last one. For
 * admins and auditors; throws 'forbidden', 'not_found', 'invalid'.
 */
export async function listFindings(
  ctx: Context,
  args: ListFindingsInput,
): Promise<{ findings: Finding[]; nextAfter: number | null }> {
  const { reconciliationId, kind, after, limit } = parse(findingsInput, args);
  await mayRead(ctx);
  const [known] = await ctx.db
    .select({ id: reconciliations.id })
    .from(reconciliations)
    .where(eq(reconciliations.id, reconciliationId));
  if (!known) throw notFound(`There is no comparison ${reconciliationId}.`);
  const rows = await ctx.db
    .select({ finding: reconciliationFindings, challengeTitle: challenges.title })
    .from(reconciliationFindings)
    .leftJoin(challenges, eq(challenges.id, reconciliationFindings.challengeId))
    .where(
      and(
        eq(reconciliationFindings.reconciliationId, reconciliationId),
        gt(reconciliationFindings.position, after),
        kind && eq(reconciliationFindings.kind, kind),
      ),
    )
    .orderBy(asc(reconciliationFindings.position))
    .limit(limit + 1);
  const findings = rows
    .slice(0, limit)
    .map(({ finding, challengeTitle }) => ({ ...finding, challengeTitle }));
  return { findings, nextAfter: rows.length > limit ? (findings.at(-1)?.position ?? null) : null };
}

async function mayRead(ctx: Context): Promise<void> {
  if (can(ctx.actor, 'cleanup.read')) return;
  const words = 'Only admins and auditors see how rows and objects agree.';
  await refuse(ctx, { target: 'reconciliation' }, sayLacking(ctx.actor, 'cleanup.read', words));
}
