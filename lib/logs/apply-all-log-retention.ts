import { sql } from 'drizzle-orm';
import { audited } from '@/lib/audit/record';
import { beatJobRun } from '@/lib/jobs/beat-job-run';
import { finishJobRun, startJobRun } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { applyLogRetention } from './apply-log-retention';
import { expireLogs } from './expire-logs';
import { type LogCase, readLogCase } from './log-case';
import { LOG_GROUP_PREFIX } from './log-group-name';
import { decideLogRetention, whyNoLogRetention } from './log-retention-rule';
import { mayHaveSet } from './plan-log-step';

export interface AppliedToAll {
  /** Groups that were looked at in the service. */
  groups: number;
  set: number;
  removed: number;
  pending: number;
  failed: number;
  /** Of a store that expires nothing by itself. */
  filesExpired: number;
  bytesExpired: number;
}

interface Candidate {
  challengeId: number;
  environment: string;
}

/** So many are read at once. */
const PAGE = 500;

/** A service's settings may be changed by others, so a group that is in line is looked at once a day all the same. */
const LOOK_AGAIN_MS = 24 * 60 * 60 * 1000;

/** Where a run goes on: behind this group, with what it has done so far. */
export interface LogRetentionProgress {
  done: AppliedToAll;
  /** Null: at the beginning; in a result: at the end. */
  after: Candidate | null;
}

const NOTHING: AppliedToAll = {
  groups: 0,
  set: 0,
  removed: 0,
  pending: 0,
  failed: 0,
  filesExpired: 0,
  bytesExpired: 0,
};

/**
 * Brings the retention of every log group in line that may need it (E13): what waits or failed, what a decision, an import or
 * time has changed, and once a day what is in line already. Removes what has expired where the store does not do so by
 * itself. One group that fails does not stop the others. It works for some `forMs` and then says where to go on, so that
 * a job can take it in steps. For schedules and admins; throws 'forbidden'.
 */
export async function applyAllLogRetention(
  ctx: Context,
  args: { jobRunId?: string; from?: LogRetentionProgress; forMs?: number } = {},
): Promise<LogRetentionProgress> {
  const { jobRunId, from = { done: NOTHING, after: null }, forMs = Number.POSITIVE_INFINITY } = args;
  const target = jobRunId ? `run:${jobRunId}` : 'job:apply-log-retention';
  return audited(ctx, { action: 'job.run', target }, async (event) => {
    if (!can(ctx.actor, 'jobs.run')) throw forbidden('Only admins and schedules set the retention of logs.');
    if (jobRunId) await startJobRun(ctx, ctx.db, jobRunId);
    const { progress, stopped } = await applySome(ctx, jobRunId, from, forMs);
    const { done, after } = progress;
    event.note({ newValue: done });
    if (jobRunId && after === null) {
      await finishJobRun(ctx, ctx.db, jobRunId, {
        state: stopped ? 'stopped' : done.failed > 0 ? 'partial' : 'succeeded',
        summary: stopped ? `Stopped when asked. ${summary(ctx, done)}` : summary(ctx, done),
        counts: { ...done },
      });
    }
    return progress;
  });
}

async function applySome(
  ctx: Context,
  jobRunId: string | undefined,
  from: LogRetentionProgress,
  forMs: number,
): Promise<{ progress: LogRetentionProgress; stopped: boolean }> {
  const done = { ...from.done };
  const end = (stopped: boolean) => ({ progress: { done, after: null }, stopped });
  if (ctx.logs.kind === 'off') return end(false);
  const began = ctx.clock.now().getTime();
  const names = existingGroups(ctx);
  for await (const { challengeId, environment } of candidates(ctx, from.after)) {
    try {
      await applyToOne(ctx, challengeId, environment, names, done);
    } catch (error) {
      // Whatever it is, the others are not to wait for it; it is tried again by the next run.
      ctx.log.error({ err: error, challengeId, environment }, 'the retention of a log group failed');
      done.failed += 1;
    }
    if (jobRunId && (await beatJobRun(ctx, ctx.db, jobRunId, { ...done })).stopRequested) return end(true);
    if (ctx.clock.now().getTime() - began >= forMs) {
      return { progress: { done, after: { challengeId, environment } }, stopped: false };
    }
  }
  return end(false);
}

/** Groups that may have something to be done, with all others for which a host has consented; a page at a time. */
async function* candidates(ctx: Context, after: Candidate | null): AsyncGenerator<Candidate> {
  for (let last = after; ; ) {
    const page = await candidatesBehind(ctx, last ?? { challengeId: 0, environment: '' });
    yield* page;
    last = page.at(-1) ?? null;
    if (last === null || page.length < PAGE) return;
  }
}

async function candidatesBehind(ctx: Context, last: Candidate): Promise<Candidate[]> {
  const now = ctx.clock.now().toISOString();
  const place = sql`(${last.challengeId}::int, ${last.environment}::text)`;
  const rows = await ctx.db.execute<{ challenge_id: number; environment: string }>(sql`
    select g.challenge_id, g.environment
    from log_groups g join challenges c on c.id = g.challenge_id
    where (g.challenge_id, g.environment) > ${place}
      and (c.retention_policy_consent or g.applied_days is not null or g.setting_days is not null
        or (g.state in ('wanted', 'pending', 'failed') and (g.next_attempt_at is null or g.next_attempt_at <= ${now}::timestamptz)))
    union
    select c.id, ${ctx.logs.environment}::text from challenges c
    where (c.id, ${ctx.logs.environment}::text) > ${place} and c.retention_policy_consent
    order by challenge_id, environment
    limit ${PAGE}`);
  return rows.map((row) => ({ challengeId: row.challenge_id, environment: row.environment }));
}

async function applyToOne(
  ctx: Context,
  challengeId: number,
  environment: string,
  names: () => Promise<Set<string>>,
  done: AppliedToAll,
): Promise<void> {
  const case_ = await readLogCase(ctx.db, challengeId, environment);
  const { row, facts } = case_;
  const now = ctx.clock.now();
  if (
    row &&
    (row.state === 'failed' || row.state === 'pending') &&
    row.nextAttemptAt &&
    row.nextAttemptAt > now
  ) {
    done[row.state] += 1;
    return;
  }
  const nothingToDo = whyNoLogRetention(facts) !== null && !mayHaveSet(row) && row?.state === 'none';
  if (nothingToDo) return;
  // One listing answers for all groups that are not there yet.
  if (row?.state === 'pending' && !mayHaveSet(row) && !(await names()).has(case_.name)) {
    done.pending += 1;
    return;
  }
  const asksCost = ctx.logs.localExpiry === null;
  const isFresh = asksCost && row?.checkedAt && now.getTime() - row.checkedAt.getTime() < LOOK_AGAIN_MS;
  if (!(isFresh && row && isInLine(case_, now))) {
    const [result] = await applyLogRetention(ctx, { challengeId, environment });
    done.groups += 1;
    if (result?.changed === 'set') done.set += 1;
    if (result?.changed === 'removed') done.removed += 1;
    if (result?.state === 'pending') done.pending += 1;
    if (result?.state === 'failed') done.failed += 1;
  }
  const { files, bytes, failed } = await expireLogs(ctx, await readLogCase(ctx.db, challengeId, environment));
  done.filesExpired += files;
  done.bytesExpired += bytes;
  if (failed > 0) done.failed += 1;
}

/** Whether the group is, as far as Lapse knows, what the rule asks for now. */
function isInLine({ row, facts, consentEventId }: LogCase, now: Date): boolean {
  if (!row || row.settingDays !== null) return false;
  const decision = decideLogRetention(facts, row.oldestEventAt, now);
  if (decision.outcome === 'refused') return row.state === 'refused';
  if (decision.outcome === 'none' || row.state !== 'applied') return false;
  return decision.announced && decision.days === row.appliedDays && row.consentEventId === consentEventId;
}

/** The names of the groups that the service has, asked for once and only when somebody wants to know. */
function existingGroups(ctx: Context): () => Promise<Set<string>> {
  let names: Promise<Set<string>> | null = null;
  return () => {
    names ??= (async () => {
      const found = new Set<string>();
      for await (const name of ctx.logs.listGroups(LOG_GROUP_PREFIX)) found.add(name);
      return found;
    })();
    return names;
  };
}

function summary(ctx: Context, done: AppliedToAll): string {
  if (ctx.logs.kind === 'off') return 'Logs are switched off here (LAPSE_LOG_BACKEND=off).';
  const parts = [
    `${formatCount(done.groups, 'log group')} looked at: ${done.set} set, ${done.removed} taken back.`,
  ];
  if (done.pending > 0) parts.push(`${formatCount(done.pending, 'group')} not there yet.`);
  if (done.failed > 0)
    parts.push(
      `${formatCount(done.failed, 'group')} failed and ${done.failed === 1 ? 'is' : 'are'} tried again.`,
    );
  if (done.filesExpired > 0) {
    parts.push(`Expired: ${formatCount(done.filesExpired, 'log file')}, ${formatBytes(done.bytesExpired)}.`);
  }
  return parts.join(' ');
}
