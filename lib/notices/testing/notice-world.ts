import { eq } from 'drizzle-orm';
import { notices } from '@/db/schema/notices';
import type { TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { openJobRun } from '@/lib/jobs/job-run';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { scenario } from '@/lib/retention/testing/scenario';
import { retryNotices } from '../retry-notices';
import { sendDueNotices } from '../send-due-notices';
import type { TestSmtpServer } from './smtp-server';

/** When the weekly mail of a notice world goes. */
export const MONDAY = new Date('2026-11-23T10:00:00Z');
const HOUR_MS = 3_600_000;

/** Challenges whose hosts are mailed over a real server, by the weekly run and the hourly one. */
export function noticeWorld(database: TestDatabase, server: TestSmtpServer) {
  const s = scenario(database);
  const as = (actor: Context['actor']): Context => ({ ...s.as(actor), mailer: server.mailer });
  const job = as({ type: 'system', job: 'weekly-retention-notifications-and-consent-log' });
  const baseUrl = 'https://lapse.example.org/';

  async function noticeOf(challengeId: number) {
    const [notice, ...more] = await s.db.select().from(notices).where(eq(notices.challengeId, challengeId));
    if (!notice || more.length > 0) throw new Error('there is not exactly one notice');
    return notice;
  }

  return {
    ...s,
    as,
    job,
    noticeOf,
    addressOf: (person: UserActor) => `${person.username}@example.org`,
    /** Moves the clock to so many hours after the weekly mail. */
    after: (hours: number) => s.clock.set(new Date(MONDAY.getTime() + hours * HOUR_MS)),
    send: () => sendDueNotices(job, { baseUrl }),

    /** A challenge with consent, whose submissions have been due for long. */
    async due(hosts: UserActor[], submissions = 1) {
      const challenge = await s.challenge(hosts);
      const phase = await s.phase(challenge.id);
      const submissionIds: number[] = [];
      for (let count = 0; count < submissions; count++) submissionIds.push((await s.submission(phase.id)).id);
      s.clock.set('2026-11-21T09:00:00Z');
      if (hosts[0]) await giveConsent(s.as(hosts[0]), { challengeId: challenge.id, channel: 'api' });
      s.clock.set(MONDAY);
      return { challengeId: challenge.id, phaseId: phase.id, submissionIds };
    },

    /** An hourly run at this moment; returns its id and what it did. */
    async retry(ctx: Context = job) {
      const { id: jobRunId } = await openJobRun(job, s.db, {
        job: 'weekly-retention-notifications-and-consent-log',
        trigger: 'schedule',
      });
      return { jobRunId, ...(await retryNotices(ctx, { jobRunId, baseUrl })) };
    },
  };
}

export type NoticeWorld = ReturnType<typeof noticeWorld>;
