import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { logGroups } from '@/db/schema/logs';
import { audited, refuse } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { idField } from '@/lib/platform/fields';
import { isLogEnvironment } from '@/lib/platform/log-store/log-environment';
import { LogStoreError } from '@/lib/platform/log-store/log-store';
import { parse } from '@/lib/platform/parse';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { announceLogRetention } from './announce-log-retention';
import { withGroupLock } from './group-lock';
import { type LogCase, readLogCase } from './log-case';
import { logGroupName } from './log-group-name';
import { type LogGroupState, toLogGroupState } from './log-group-state';
import { whyNoLogRetention } from './log-retention-rule';
import { type LogStep, mayHaveSet, type PlannedStep, planLogStep, type SeenGroup } from './plan-log-step';
import { failedValues, seenValues, settledValues, writeLogRow } from './write-log-row';

export const logEnvironmentField = z
  .string('give the environment as a text')
  .refine(isLogEnvironment, 'use 1 to 63 letters, digits, hyphens and underscores');

const input = z.strictObject({
  challengeId: idField,
  /** Left out: the configured one, and every other in which Lapse knows a group of the challenge. */
  environment: logEnvironmentField.optional(),
});

export interface AppliedLogRetention extends LogGroupState {
  /** What this call has changed in the log service; null: nothing. */
  changed: 'set' | 'removed' | null;
  /** It failed, and the same call may succeed later. */
  mayRetry: boolean;
}

/**
 * Brings the retention of a challenge's log groups in line with the rule (E13): tells the hosts first where that is needed
 * (L2), sets what keeps the oldest event long enough, or takes back what Lapse has set. Safe to repeat, and to be cut off
 * anywhere. One result for each environment; what the log service refuses is a result too (state 'failed'), and is tried
 * again by the hourly job. Throws 'invalid', 'forbidden', 'not_found', and 'unavailable' when somebody else is at it.
 */
export async function applyLogRetention(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<AppliedLogRetention[]> {
  const { challengeId, environment } = parse(input, args);
  if (!can(ctx.actor, 'retention.write')) {
    await refuse(ctx, { target: `challenge:${challengeId}` }, 'Only admins set the retention of logs.');
  }
  const environments = environment ? [environment] : await environmentsOf(ctx, challengeId);
  const results: AppliedLogRetention[] = [];
  for (const each of environments) {
    results.push(
      await withGroupLock(ctx, logGroupName(challengeId, each), () => bringInLine(ctx, challengeId, each)),
    );
  }
  return results;
}

async function environmentsOf(ctx: Context, challengeId: number): Promise<string[]> {
  const known = await ctx.db
    .select({ environment: logGroups.environment })
    .from(logGroups)
    .where(eq(logGroups.challengeId, challengeId));
  return [...new Set([ctx.logs.environment, ...known.map(({ environment }) => environment)])];
}

/** More turns than any story takes: to take back, tell, set, and look again. */
const MAX_TURNS = 8;

/**
 * Asks the service, decides under the challenge's lock, does the next step, and begins again until nothing is left to
 * do. So each step rests on what holds right before it, and what has changed while the service was asked (consent
 * withdrawn, a hold) is undone in the next turn (L7).
 */
async function bringInLine(
  ctx: Context,
  challengeId: number,
  environment: string,
): Promise<AppliedLogRetention> {
  let changed: AppliedLogRetention['changed'] = null;
  for (let turn = 1; turn <= MAX_TURNS; turn += 1) {
    const before = await readLogCase(ctx.db, challengeId, environment);
    if (ctx.logs.kind === 'off') return { ...toLogGroupState(ctx, before), changed, mayRetry: false };
    try {
      const seen = await look(ctx, before);
      const { case_, planned } = await decide(ctx, before, seen);
      const { step } = planned;
      if (step.kind === 'settled') {
        const after = await readLogCase(ctx.db, challengeId, environment);
        return { ...toLogGroupState(ctx, after), changed, mayRetry: false };
      }
      const told = step.kind === 'announce' ? await announceLogRetention(ctx, case_, seen) : 'done';
      if (told === 'waiting') {
        const after = await readLogCase(ctx.db, challengeId, environment);
        return { ...toLogGroupState(ctx, after), changed, mayRetry: false };
      }
      if (step.kind === 'set') changed = await set(ctx, case_, planned, step, seen);
      if (step.kind === 'remove') changed = await remove(ctx, case_, step);
    } catch (error) {
      if (!(error instanceof LogStoreError)) throw error;
      return { ...(await recordFailure(ctx, before, error)), changed, mayRetry: error.retryable };
    }
  }
  throw new Error(`the log group of challenge ${challengeId} in ${environment} is still changing`);
}

/** The service is asked only where it has a say: where something is to be set, or to be taken back. */
async function look(ctx: Context, case_: LogCase): Promise<SeenGroup> {
  if (whyNoLogRetention(case_.facts) !== null && !mayHaveSet(case_.row)) return 'not-asked';
  return ctx.logs.describeGroup(case_.name);
}

/** Decides under the challenge's lock, and writes down the outcome, or what is about to be done (L9). */
function decide(
  ctx: Context,
  { challengeId, environment }: LogCase,
  seen: SeenGroup,
): Promise<{ case_: LogCase; planned: PlannedStep }> {
  return ctx.db.transaction(async (tx) => {
    await lockChallenge(tx, challengeId);
    const now = ctx.clock.now();
    const case_ = await readLogCase(tx, challengeId, environment);
    const planned = planLogStep(case_, seen, now);
    const { decision, step } = planned;
    if (step.kind === 'settled') {
      const row = settledValues(case_, decision, step, now);
      await writeLogRow(tx, case_, { ...seenValues(seen, now), ...row });
      return { case_, planned };
    }
    if (step.kind === 'look') return { case_, planned };
    await writeLogRow(tx, case_, {
      ...seenValues(seen, now),
      state: 'wanted',
      explanation: WANTED[step.kind],
      wantedDays: decision.outcome === 'none' ? null : decision.wantedDays,
      ...(step.kind === 'set' ? intentOf(step) : {}),
    });
    return { case_, planned };
  });
}

/** Both values may be ours from here on: the one that is there, and the one that is about to be. */
function intentOf({ days, ourDays, previousDays }: Extract<LogStep, { kind: 'set' }>) {
  return { settingDays: days, previousDays, ...(ourDays === null ? {} : { appliedDays: ourDays }) };
}

const WANTED: Record<Exclude<LogStep['kind'], 'settled' | 'look'>, string> = {
  announce: 'The hosts are to be told before anything is set.',
  set: 'The retention is being set.',
  remove: 'What Lapse has set is being taken back.',
};

async function set(
  ctx: Context,
  case_: LogCase,
  { decision }: PlannedStep,
  step: Extract<LogStep, { kind: 'set' }>,
  seen: SeenGroup,
): Promise<'set'> {
  const { challengeId, name, consentEventId, sentNotice } = case_;
  return audited(ctx, { action: 'log-retention.set', target: `challenge:${challengeId}` }, async (event) => {
    event.note({
      oldValue: { group: name, retentionDays: seen === 'not-asked' ? null : (seen?.retentionDays ?? null) },
      newValue: {
        group: name,
        retentionDays: step.days,
        consentEventId,
        noticeId: sentNotice?.id ?? null,
        ...(decision.outcome === 'keep-for' ? { keptUntil: decision.keptUntil } : {}),
      },
    });
    await setInService(ctx, case_, step.days);
    await ctx.db.transaction(async (tx) => {
      const appliedAt = ctx.clock.now();
      await writeLogRow(tx, case_, { appliedDays: step.days, appliedAt, settingDays: null, consentEventId });
      await event.succeed(tx);
    });
    return 'set' as const;
  });
}

/** A refusal says for sure that the value is not there by us: forgotten at once, it cannot be taken for ours later. */
async function setInService(ctx: Context, case_: LogCase, days: number): Promise<void> {
  try {
    await ctx.logs.setRetention(case_.name, days);
  } catch (error) {
    const refused =
      error instanceof LogStoreError && ['forbidden', 'invalid', 'group-missing'].includes(error.kind);
    if (refused) await writeLogRow(ctx.db, case_, { settingDays: null });
    throw error;
  }
}

async function remove(
  ctx: Context,
  case_: LogCase,
  step: Extract<LogStep, { kind: 'remove' }>,
): Promise<'removed'> {
  const { challengeId, name } = case_;
  const { ourDays, restoreDays } = step;
  return audited(
    ctx,
    { action: 'log-retention.remove', target: `challenge:${challengeId}` },
    async (event) => {
      event.note({
        oldValue: { group: name, retentionDays: ourDays, previousDays: case_.row?.previousDays ?? null },
        newValue: { group: name, retentionDays: restoreDays, why: whyNoLogRetention(case_.facts) },
      });
      if (restoreDays === null) await ctx.logs.removeRetention(name);
      else await ctx.logs.setRetention(name, restoreDays);
      await ctx.db.transaction(async (tx) => {
        const nothing = { appliedDays: null, appliedAt: null, settingDays: null, previousDays: null };
        await writeLogRow(tx, case_, { ...nothing, consentEventId: null });
        await event.succeed(tx);
      });
      return 'removed' as const;
    },
  );
}

async function recordFailure(ctx: Context, before: LogCase, error: LogStoreError): Promise<LogGroupState> {
  const { challengeId, environment } = before;
  ctx.log.warn(
    { err: error, group: before.name },
    'the retention of a log group could not be brought in line',
  );
  const after = await ctx.db.transaction(async (tx) => {
    await lockChallenge(tx, challengeId);
    const case_ = await readLogCase(tx, challengeId, environment);
    const wants =
      whyNoLogRetention(case_.facts) === null
        ? 'The retention could not be brought in line.'
        : 'What Lapse has set could not be taken back yet.';
    await writeLogRow(tx, case_, failedValues(case_, error, wants, ctx.clock.now()));
    return readLogCase(tx, challengeId, environment);
  });
  return toLogGroupState(ctx, after);
}
