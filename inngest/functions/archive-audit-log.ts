import { cron, NonRetriableError } from 'inngest';
import { compactNext, expireNext, removeNext } from '@/lib/audit/archive/age-archives';
import { type Aging, agingCounts, agingWords, isAgingWhole } from '@/lib/audit/archive/aging-status';
import { type Archived, archiveDue } from '@/lib/audit/archive/archive-due';
import { isArchiving } from '@/lib/audit/policy/is-archiving';
import { pruneHotTier, pruneStatus } from '@/lib/audit/prune/prune-hot-tier';
import { chainKeys } from '@/lib/audit/seal/chain-keys';
import { sealEvents } from '@/lib/audit/seal/seal-events';
import { sealLateEvents, sinceTheOldest } from '@/lib/audit/seal/seal-late-events';
import { prunedWords } from '@/lib/audit/status/say-upkeep';
import { JOBS } from '@/lib/jobs/catalogue';
import { finishJobRun, startJobRun } from '@/lib/jobs/job-run';
import { formatCount } from '@/lib/platform/format';
import { systemContext } from '@/lib/services';
import { inngest } from '../client';
import { auditArchivingRequested } from '../events';
import { attempt, cronOf, endAsFailed, jobRunOf } from '../job-event';

const JOB = 'archive-audit-log';

/** Windows of 20,000 events in a step. */
const WINDOWS = 100;

/** Each is one archive of a million events at the most; no backlog is longer. */
const MAX_STEPS = 5_000;

/**
 * Every night: seals what has become final and what came late by far, archives the days that are over, each verified before it
 * counts, and then prunes what is old enough and archived (T2). Lets archives expire, makes monthly ones of daily ones, and
 * removes what counts no more (T1). One archive is one step, so that a restart goes on where it was.
 */
export const archiveAuditLog = inngest.createFunction(
  {
    id: JOB,
    name: JOBS[JOB].title,
    triggers: [cron(cronOf(JOB)), auditArchivingRequested],
    concurrency: 1,
    retries: 3,
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
    await step.run('seal', () => attempt(() => sealEvents(systemContext(JOB), { keys: chainKeys() })));
    // What came later than the job of every ten minutes looks back would keep its window from being pruned for good.
    let since = await step.run('late-since', () => attempt(() => sinceTheOldest(systemContext(JOB))));
    for (let number = 1; since !== null; number += 1) {
      assertFinite(number);
      const from = since;
      const late = await step.run(`seal-late-${number}`, () =>
        attempt(() =>
          sealLateEvents(systemContext(JOB), { keys: chainKeys(), since: from, windows: WINDOWS }),
        ),
      );
      since = late.next;
    }
    const done: Archived = { isBusy: false, archived: [], failed: [] };
    const archives = await step.run('policy', () => attempt(() => isArchiving(systemContext(JOB))));
    for (let number = 1; archives; number += 1) {
      assertFinite(number);
      const except = done.failed.map(({ day }) => day);
      const some = await step.run(`archive-${number}`, () =>
        attempt(() => archiveDue(systemContext(JOB), { parts: 1, except })),
      );
      done.archived.push(...some.archived);
      done.failed.push(...some.failed);
      done.isBusy = some.isBusy;
      if (some.isBusy || some.archived.length === 0) break;
    }
    const pruned = await step.run('prune', () => attempt(() => pruneHotTier(systemContext(JOB))));
    const aging: Aging = {
      expired: await rounds(
        (number, failed) =>
          step.run(`expire-${number}`, () => attempt(() => expireNext(systemContext(JOB), idsOf(failed)))),
        ({ expired }) => expired.length,
      ),
      compacted: await rounds(
        (number, failed) =>
          step.run(`compact-${number}`, () => attempt(() => compactNext(systemContext(JOB), idsOf(failed)))),
        ({ compacted }) => compacted.length,
      ),
      removed: await rounds(
        (number, failed) =>
          step.run(`remove-${number}`, () => attempt(() => removeNext(systemContext(JOB), idsOf(failed)))),
        ({ removed }) => removed.length,
      ),
    };
    await step.run('finish', () =>
      attempt(async () => {
        const ctx = systemContext(JOB);
        const status = pruneStatus(pruned);
        const isWhole =
          done.failed.length === 0 && !done.isBusy && pruned.error === null && isAgingWhole(aging);
        await finishJobRun(ctx, ctx.db, jobRunId, {
          state: isWhole ? 'succeeded' : 'partial',
          summary: [
            archives ? archiveWords(done) : 'Nothing is archived: archiving is off.',
            prunedWords(pruned),
            agingWords(aging),
          ]
            .filter(Boolean)
            .join(' '),
          counts: {
            archives: done.archived.length,
            archivedEvents: done.archived.reduce((sum, { events }) => sum + events, 0),
            archivedBytes: done.archived.reduce((sum, { bytes }) => sum + bytes, 0),
            failedDays: done.failed.length,
            ...agingCounts(aging),
            ...status.counts,
          },
          details: status.details,
        });
      }),
    );
    return { jobRunId, ...done, pruned, aging: agingCounts(aging) };
  },
);

interface Round {
  isBusy: boolean;
  failed: { id: string }[];
}

/** Round after round until one has nothing left to do; each is told what has failed so far. */
async function rounds<R extends Round>(
  round: (number: number, failed: R['failed']) => Promise<R>,
  doneIn: (round: R) => number,
): Promise<R[]> {
  const all: R[] = [];
  for (let number = 1; ; number += 1) {
    assertFinite(number);
    const some = await round(
      number,
      all.flatMap(({ failed }) => failed),
    );
    all.push(some);
    if (some.isBusy || doneIn(some) === 0) return all;
  }
}

const idsOf = (failed: readonly { id: string }[]) => failed.map(({ id }) => id);

function assertFinite(number: number): void {
  if (number > MAX_STEPS) throw new NonRetriableError(`${MAX_STEPS} archives in one night are too many`);
}

function archiveWords({ isBusy, archived, failed }: Archived): string {
  const events = archived.reduce((sum, part) => sum + part.events, 0);
  const words =
    archived.length === 0 && failed.length === 0 && !isBusy
      ? 'No day was left to be archived.'
      : `${formatCount(events, 'event')} archived in ${formatCount(archived.length, 'verified archive')}.`;
  const failures = failed.slice(0, 3).map(({ day, error }) => `${day} could not be archived: ${error}`);
  const more = failed.length > 3 ? [`And ${failed.length - 3} more days.`] : [];
  return [words, ...(isBusy ? ['Another process is archiving.'] : []), ...failures, ...more].join(' ');
}
