import { cron } from 'inngest';
import { cleanDueStreams, cleanedCounts } from '@/lib/audit/limits/clean-due-streams';
import { ensurePartitions, markTimeouts } from '@/lib/audit/maintain';
import { adoptEnvironment } from '@/lib/audit/policy/adopt-environment';
import { pruneHotTier, pruneStatus } from '@/lib/audit/prune/prune-hot-tier';
import { chainKeys } from '@/lib/audit/seal/chain-keys';
import { sealEvents } from '@/lib/audit/seal/seal-events';
import { lateSince, sealLateEvents } from '@/lib/audit/seal/seal-late-events';
import { sampleTiers } from '@/lib/audit/size/sample-tiers';
import { upkeepWords } from '@/lib/audit/status/say-upkeep';
import { JOBS } from '@/lib/jobs/catalogue';
import { finishJobRun, startJobRun } from '@/lib/jobs/job-run';
import { pruneJobRuns } from '@/lib/jobs/prune-job-runs';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { auditMaintenanceRequested } from '../events';
import { attempt, beginningOf, cronOf, endAsFailed, jobRunOf } from '../job-event';

const JOB = 'maintain-audit-log';

/**
 * Marks audit events that were cut off as 'timeout' (O2), makes the partitions of the weeks to come, seals what has become
 * final (B4), prunes what is old enough and archived in bounded batches (O3), brings streams within their limits (M2), measures the tiers once an hour (T4), and forgets
 * its own runs after a week: there are 144 a day.
 */
export const maintainAuditLog = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), auditMaintenanceRequested],
    concurrency: 1,
    // The next activation is ten minutes away.
    retries: 1,
    onFailure: endAsFailed(JOB),
  },
  async ({ event, step }) => {
    const jobRunId = await step.run('open', () =>
      attempt(async () => {
        const ctx = systemContext(JOB);
        const id = await jobRunOf(ctx, JOB, event);
        await startJobRun(ctx, ctx.db, id);
        return id;
      }),
    );
    const timeouts = await step.run('mark-timeouts', () => attempt(() => markTimeouts(systemContext(JOB))));
    const partitions = await step.run('ensure-partitions', () =>
      attempt(() => ensurePartitions(systemContext(JOB))),
    );
    const sealed = await step.run('seal', () =>
      attempt(() => sealEvents(systemContext(JOB), { keys: chainKeys() })),
    );
    const late = await step.run('seal-late-events', () =>
      attempt(() => {
        const ctx = systemContext(JOB);
        return sealLateEvents(ctx, { keys: chainKeys(), since: lateSince(ctx.clock.now()) });
      }),
    );
    await step.run('adopt-environment', () => attempt(() => adoptEnvironment(systemContext(JOB))));
    // Who asks for a run wants it now.
    const waits = 'tick' in beginningOf(event);
    const pruned = await step.run('prune', () => attempt(() => pruneHotTier(systemContext(JOB), { waits })));
    const limited = await step.run('limit-streams', () =>
      attempt(() => cleanDueStreams(systemContext(JOB), { keys: chainKeys() })),
    );
    const sampled = await step.run('sample', () => attempt(() => sampleTiers(systemContext(JOB))));
    await step.run('finish', () =>
      attempt(async () => {
        const ctx = systemContext(JOB);
        await pruneJobRuns(ctx, JOB);
        const status = pruneStatus(pruned);
        const isWhole = pruned.error === null && sampled.error === null && limited.failed.length === 0;
        await finishJobRun(ctx, ctx.db, jobRunId, {
          state: isWhole ? 'succeeded' : 'partial',
          summary: upkeepWords({
            ...{ timeouts, partitions, pruned, limited, sampled },
            ...{ sealed: sealed.events + late.events, late: late.events },
          }),
          counts: {
            timeouts,
            partitions,
            sealedSegments: sealed.segments + late.segments,
            sealedEvents: sealed.events,
            lateEvents: late.events,
            samples: sampled.isTaken ? 1 : 0,
            ...status.counts,
            ...cleanedCounts(limited),
          },
          details: { ...status.details, error: status.details.error ?? sampled.error },
        });
      }),
    );
    return { jobRunId, timeouts, partitions, sealed, late, pruned, limited, sampled };
  },
);
