import { eq, sql } from 'drizzle-orm';
import { type NoticeRecipient, noticeItems, notices } from '@/db/schema/notices';
import { announcedFigures, dueForNotice } from '@/lib/notices/due-challenges';
import { noticeSubject } from '@/lib/notices/notice-mail';
import { dateToAnnounce } from '@/lib/notices/prepare-notice';
import { MAX_ATTEMPTS } from '@/lib/notices/retry-pause';
import type { SentNotices } from '@/lib/notices/send-due-notices';
import { addDays } from '@/lib/platform/clock';
import { formatCount } from '@/lib/platform/format';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { jobActor, type Teller, tell, tellRun } from './history';
import { consentingMembers, type DemoPerson, demoEmail } from './people';
import type { ChallengeScenario } from './scenario';

const JOB = 'weekly-retention-notifications-and-consent-log';

/** One run of the notices job, with the notices that the scenarios say it sent. */
export async function replayNoticesRun(
  teller: Teller,
  at: Date,
  announcing: ChallengeScenario[],
  now: Date,
): Promise<void> {
  const done = { sent: 0, failed: 0, waiting: 0, submissions: 0, mailsAccepted: 0, mailsRefused: 0 };
  for (const challenge of announcing) {
    const hosts = consentingMembers(challenge.team).filter((person) => !isDisabledAt(person, at, now));
    const submissions = await replayNotice(teller, at, challenge, hosts);
    if (challenge.notice?.failure) {
      done.failed += 1;
      continue;
    }
    done.sent += 1;
    done.submissions += submissions;
    const refused = hosts.filter(({ username }) => challenge.notice?.refused?.[username]).length;
    done.mailsAccepted += hosts.length - refused;
    done.mailsRefused += refused;
  }
  await tellRun(teller, {
    id: teller.random.idAt(at),
    job: JOB,
    at,
    tookMs: 400 + announcing.length * 350,
    state: done.failed > 0 ? 'partial' : 'succeeded',
    counts: done,
    summary: summary(done),
  });
}

/** Returns how many submissions the notice names. */
async function replayNotice(
  teller: Teller,
  at: Date,
  challenge: ChallengeScenario,
  hosts: DemoPerson[],
): Promise<number> {
  const { tx, random } = teller;
  const failure = challenge.notice?.failure;
  const due = await tx.execute<{ submission_id: number; consent_event_id: string }>(sql`
    select submission_id::float8, consent_event_id
    from (${dueForNotice(at, sql`c.id = ${challenge.id}`)}) due order by submission_id
  `);
  const first = due[0];
  if (!first) throw new Error(`the demo announces nothing for challenge ${challenge.id}`);

  const id = random.idAt(at);
  const announcedDate = dateToAnnounce(at);
  await tx.insert(notices).values({
    id,
    challengeId: challenge.id,
    consentEventId: first.consent_event_id,
    state: failure ? 'failed' : 'sent',
    createdAt: at,
    sentAt: failure ? null : at,
    recipients: hosts.map((person) => recipientOf(person, challenge.notice, at)),
    subject: '',
    error: failure ? `No mail was accepted: ${failure}` : null,
    attempts: failure ? 3 : challenge.notice?.refused ? MAX_ATTEMPTS : 1,
    nextAttemptAt: null,
  });
  await tx
    .insert(noticeItems)
    .values(due.map((row) => ({ noticeId: id, submissionId: row.submission_id, announcedDate })));
  const figures = await announcedFigures(tx, id);
  const subject = noticeSubject({ challenge, figures, announcedDate, baseUrl: null });
  await tx.update(notices).set({ subject }).where(eq(notices.id, id));
  // What was announced holds: the dates move to it.
  await recomputeChallengeDates(tx, challenge.id, at);
  await tell(teller, {
    at,
    actor: jobActor(JOB),
    action: 'notice.send',
    target: `challenge:${challenge.id}`,
    newValue: { noticeId: id, attempt: failure ? 3 : 1, announcedDate, ...figures },
    tookMs: 310,
    ...(failure ? { error: `unavailable: No mail was accepted: ${failure}` } : {}),
  });
  return due.length;
}

function recipientOf(person: DemoPerson, notice: ChallengeScenario['notice'], at: Date): NoticeRecipient {
  const to = { email: demoEmail(person.username), personId: person.id };
  const refused = notice?.refused?.[person.username];
  if (refused) {
    const error = `The mail to ${to.email} was not accepted: ${refused}`;
    return { ...to, accepted: false, error, attempts: MAX_ATTEMPTS };
  }
  if (notice?.failure) return { ...to, accepted: false, error: notice.failure };
  return { ...to, accepted: true, attempts: 1, acceptedAt: at.toISOString() };
}

const isDisabledAt = (person: DemoPerson, at: Date, now: Date) =>
  person.disabledDaysAgo !== undefined && addDays(now, -person.disabledDaysAgo) <= at;

function summary({ sent, failed, submissions, mailsRefused }: Omit<SentNotices, 'stopped'>): string {
  const told =
    sent === 0
      ? 'No notice was sent.'
      : `${formatCount(sent, 'notice')} sent, about ${formatCount(submissions, 'submission')}.`;
  const parts = [told];
  if (failed > 0) parts.push(`${formatCount(failed, 'notice')} failed, which keeps what they name.`);
  if (mailsRefused > 0) parts.push(`${formatCount(mailsRefused, 'mail')} refused.`);
  return parts.join(' ');
}
