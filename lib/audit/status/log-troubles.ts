import { isNotNull, sql } from 'drizzle-orm';
import { auditStreams } from '@/db/schema/audit-archive';
import { JOBS, type JobName } from '@/lib/jobs/catalogue';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { formatRelative } from '@/lib/platform/format-time';
import { readSetting } from '@/lib/settings/read-setting';
import { readTierPolicy } from '../policy/read-policy';
import { AUDIT_JOBS, type AuditJob } from '../request-audit-job';
import { verificationState } from '../verify/daily-verification';

/** Something about the audit log that a person should look at. */
export interface LogTrouble {
  kind: 'run' | 'overdue' | 'archive' | 'stream' | 'verification' | 'policy' | 'size';
  /** In a sentence. */
  words: string;
  /** The run that it is about; null: it is about none. */
  runId: string | null;
  /** The stream that it is about; null: it is about none. */
  stream: string | null;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Well beyond the schedules, so that a restart or a slow night is no trouble yet. */
const OVERDUE_MS: Record<AuditJob, number> = {
  'maintain-audit-log': HOUR_MS,
  'archive-audit-log': 2 * DAY_MS,
  'verify-audit-log': 2 * DAY_MS,
};
const MOST_STREAMS = 5;

/**
 * What is wrong with the audit log now (O5), the worst first; empty when all is well, and for whoever may not see it. Each look
 * is at an index or at a few rows, since every page asks. `upSince` is when this process began: a job that never ran is not
 * overdue before it could have.
 */
export async function logTroubles(
  ctx: Context,
  upSince = new Date(ctx.clock.now().getTime() - process.uptime() * 1000),
): Promise<LogTrouble[]> {
  if (!can(ctx.actor, 'audit.read') || !can(ctx.actor, 'jobs.read')) return [];
  const [verification, policy, runs, archiving, streams, size] = await Promise.all([
    findingTroubles(ctx),
    policyTroubles(ctx),
    runTroubles(ctx, upSince),
    archiveTroubles(ctx),
    streamTroubles(ctx),
    sizeTroubles(ctx),
  ]);
  // A verification with findings ends as failed: that is said once, by what was found.
  const others = verification.length > 0 ? runs.filter(({ job }) => job !== 'verify-audit-log') : runs;
  return [
    ...verification,
    ...policy,
    ...others.map((each) => each.trouble),
    ...archiving,
    ...streams,
    ...size,
  ];
}

const trouble = (
  kind: LogTrouble['kind'],
  words: string,
  { runId = null, stream = null }: { runId?: string | null; stream?: string | null } = {},
): LogTrouble => ({ kind, words, runId, stream });

async function findingTroubles(ctx: Context): Promise<LogTrouble[]> {
  const { problemCount } = await verificationState(ctx.db);
  if (problemCount === 0) return [];
  return [
    trouble('verification', `The audit log is not what was sealed: ${formatCount(problemCount, 'finding')}.`),
  ];
}

async function policyTroubles(ctx: Context): Promise<LogTrouble[]> {
  try {
    await readTierPolicy(ctx);
    return [];
  } catch (error) {
    if (error instanceof LapseError) return [trouble('policy', error.message)];
    throw error;
  }
}

interface LastRun extends Record<string, unknown> {
  job: AuditJob;
  /** When the newest run of any state was made; null: there is none. */
  made: string | null;
  /** The newest one that has ended. */
  id: string | null;
  state: string | null;
}

async function runTroubles(ctx: Context, upSince: Date): Promise<{ job: AuditJob; trouble: LogTrouble }[]> {
  const rows = await ctx.db.execute<LastRun>(sql`
    select names.job, made.at as made, ended.id, ended.state::text as state
    from unnest(${sql.param(`{${AUDIT_JOBS.join(',')}}`)}::text[]) names(job)
    left join lateral (
      select audit_encoded_time(max(created_at)) as at from job_runs r where r.job = names.job
    ) made on true
    left join lateral (
      select id, state from job_runs r
      where r.job = names.job and r.state not in ('queued', 'running')
      order by created_at desc, id desc limit 1
    ) ended on true`);
  const now = ctx.clock.now();
  return rows.flatMap(({ job, made, id, state }) => {
    const title = titleOf(job);
    const last = made === null ? upSince : new Date(made);
    if (now.getTime() - last.getTime() > OVERDUE_MS[job]) {
      const since = made === null ? 'has not run yet' : `has last run ${formatRelative(last, now)}`;
      return [{ job, trouble: trouble('overdue', `“${title}” ${since}: is the job runner there?`) }];
    }
    if (state === null || state === 'succeeded') return [];
    const how = state === 'failed' ? 'failed' : 'did not do all of its work';
    return [{ job, trouble: trouble('run', `The last run of “${title}” ${how}.`, { runId: id }) }];
  });
}

const titleOf = (job: JobName): string => JOBS[job].title;

/** What was sealed two nights ago should lie in an archive. */
async function archiveTroubles(ctx: Context): Promise<LogTrouble[]> {
  const now = ctx.clock.now();
  const [row] = await ctx.db.execute<{ since: string | null }>(sql`
    select audit_encoded_time(min(sealed_at)) as since from audit_segments
    where archive_id is null and leaves is not null`);
  if (!row?.since || now.getTime() - Date.parse(row.since) <= OVERDUE_MS['archive-audit-log']) return [];
  const isArchiving = await readTierPolicy(ctx).then(
    ({ archive }) => archive,
    () => false,
  );
  if (!isArchiving) return [];
  return [
    trouble(
      'archive',
      `Events that were sealed ${formatRelative(new Date(row.since), now)} are in no archive yet.`,
    ),
  ];
}

async function streamTroubles(ctx: Context): Promise<LogTrouble[]> {
  const rows = await ctx.db
    .select({ name: auditStreams.name, alarm: auditStreams.alarm })
    .from(auditStreams)
    .where(isNotNull(auditStreams.alarm))
    .orderBy(auditStreams.name)
    .limit(MOST_STREAMS);
  return rows.map(({ name, alarm }) =>
    trouble('stream', `The limits of the stream “${name}”: ${alarm}`, { stream: name }),
  );
}

/** By the newest sample, which is an hour old at the most. */
async function sizeTroubles(ctx: Context): Promise<LogTrouble[]> {
  const [hot, archives] = [
    await readSetting(ctx.db, 'audit.hot-bytes-warning'),
    await readSetting(ctx.db, 'audit.archive-bytes-warning'),
  ];
  if (hot === 0 && archives === 0) return [];
  const [last] = await ctx.db.execute<{ hot: string | null; archives: string | null }>(sql`
    select sum(table_bytes + index_bytes) filter (where tier = 'hot')::text as hot,
      sum(object_bytes) filter (where tier <> 'hot')::text as archives
    from audit_samples where at = (select max(at) from audit_samples)`);
  const reached = (what: string, bytes: number, budget: number) =>
    budget > 0 && bytes >= budget
      ? [
          trouble(
            'size',
            `The ${what} has ${formatBytes(bytes)}, and is to be warned of from ${formatBytes(budget)} on.`,
          ),
        ]
      : [];
  return [
    ...reached('hot tier of the audit log', Number(last?.hot ?? 0), hot),
    ...reached('archive of the audit log', Number(last?.archives ?? 0), archives),
  ];
}
