import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import { challenges } from '@/db/schema/challenges';
import { runChallenges } from '@/db/schema/deletion';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { mayReadCleanups } from './cleanup-access';

const input = z.strictObject({ jobRunId: z.uuid('this is no id of a run') });

/** A challenge of which so many files failed in a run that the rest was left to the retries. */
export interface SetAsideChallenge {
  challengeId: number;
  title: string | null;
  tried: number;
  failed: number;
  /** Objects that had no turn. */
  filesLeft: number;
  setAsideAt: Date;
  /** The hourly retries take them up again from then on. */
  retryAt: Date | null;
}

/** The challenges that a run set aside, by id. Throws 'forbidden'. */
export async function listSetAside(ctx: Context, args: z.input<typeof input>): Promise<SetAsideChallenge[]> {
  const { jobRunId } = parse(input, args);
  await mayReadCleanups(ctx);
  const rows = await ctx.db
    .select({ row: runChallenges, title: challenges.title })
    .from(runChallenges)
    .leftJoin(challenges, eq(challenges.id, runChallenges.challengeId))
    .where(and(eq(runChallenges.runId, jobRunId), isNotNull(runChallenges.setAsideAt)))
    .orderBy(asc(runChallenges.challengeId))
    .limit(1000);
  return rows.flatMap(({ row, title }) =>
    row.setAsideAt === null ? [] : [{ ...row, title, setAsideAt: row.setAsideAt }],
  );
}
