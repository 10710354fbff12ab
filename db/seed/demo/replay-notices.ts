import { eq, sql } from 'drizzle-orm';
import { noticeItems, notices } from '@/db/schema/notices';
import { addDays } from '@/lib/platform/clock';
import { retentionFacts } from '@/lib/retention/facts';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { recomputeChallengeDates } from '@/lib/retention/recompute-dates';
import { jobActor, type Teller, tell, tellRun } from './history';
import { consentingMembers, demoEmail } from './people';
import type { ChallengeScenario } from './scenario';

const JOB = 'weekly-retention-notifications-and-consent-log';

/** One run of the notices job, with the notices that the scenarios say it sent. */
export async function replayNoticesRun(
  teller: Teller,
  at: Date,
  announcing: ChallengeScenario[],
  now: Date,
): Promise<void> {
  let sent = 0;
  let failed = 0;
  for (const challenge of announcing) {
    await replayNotice(teller, at, challenge, now);
    if (challenge.notice?.failure) failed += 1;
    else sent += 1;
  }
  await tellRun(teller, {
    id: teller.random.idAt(at),
    job: JOB,
    at,
    tookMs: 400 + announcing.length * 350,
    state: failed > 0 ? 'partial' : 'succeeded',
    counts: { noticesSent: sent, noticesFailed: failed },
    summary:
      announcing.length === 0
        ? 'Nothing was to be announced.'
        : `${sent} ${sent === 1 ? 'notice was' : 'notices were'} sent${failed > 0 ? `, ${failed} could not be sent` : ''}.`,
  });
}

async function replayNotice(
  teller: Teller,
  at: Date,
  challenge: ChallengeScenario,
  now: Date,
): Promise<void> {
  const { tx, random } = teller;
  const failure = challenge.notice?.failure;
  const due = await tx.execute<{ submission_id: number; stored_date: string; consent_event_id: string }>(sql`
    select submission_id::float8, stored_date, consent_event_id
    from (${retentionFacts(at, sql`c.id = ${challenge.id} and not s.is_artifact_deleted`)}) facts
    where stored_date <= ${addDays(at, RETENTION_POLICY.daysAfterNotice).toISOString()}::timestamptz
      and reason in ('not-due', 'not-announced')
    order by submission_id
  `);
  const first = due[0];
  if (!first) throw new Error(`the demo announces nothing for challenge ${challenge.id}`);

  const id = random.idAt(at);
  const recipients = consentingMembers(challenge.team).filter(
    (person) => person.disabledDaysAgo === undefined || addDays(now, -person.disabledDaysAgo) > at,
  );
  const subject = `Files of "${challenge.title}" will be deleted`;
  await tx.insert(notices).values({
    id,
    challengeId: challenge.id,
    consentEventId: first.consent_event_id,
    state: failure ? 'failed' : 'sent',
    createdAt: at,
    sentAt: failure ? null : at,
    recipients: recipients.map((person) => ({
      email: demoEmail(person.username),
      personId: person.id,
      accepted: !failure,
      ...(failure ? { error: failure } : {}),
    })),
    subject,
    error: failure ?? null,
    attempts: failure ? 3 : 1,
    nextAttemptAt: null,
  });
  await tx.insert(noticeItems).values(
    due.map((row) => ({
      noticeId: id,
      submissionId: row.submission_id,
      announcedDate: new Date(row.stored_date),
    })),
  );
  // A notice moves the date to 14 days after itself at the earliest, and names the date that then holds.
  await recomputeChallengeDates(tx, challenge.id, at);
  await tx
    .update(noticeItems)
    .set({
      announcedDate: sql`(select retention_eligible_date from submissions where id = ${noticeItems.submissionId})`,
    })
    .where(eq(noticeItems.noticeId, id));
  await tell(teller, {
    at,
    actor: jobActor(JOB),
    action: 'notice.send',
    target: `challenge:${challenge.id}`,
    newValue: { noticeId: id, submissions: due.length, recipients: recipients.map((person) => person.id) },
    tookMs: 310,
    ...(failure ? { error: `unavailable: The notice could not be sent: ${failure}.` } : {}),
  });
}
