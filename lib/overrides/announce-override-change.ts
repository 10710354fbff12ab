import { and, eq, isNull } from 'drizzle-orm';
import { overrideChanges } from '@/db/schema/overrides';
import { audited } from '@/lib/audit/record';
import { SENDING_LEASE_MS } from '@/lib/notices/prepare-notice';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import { MailError } from '@/lib/platform/mail/mailer';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { announcementMail } from './announcement-mail';
import type { OverrideChange } from './open-change';
import { type PreparedAnnouncement, prepareAnnouncement } from './prepare-announcement';
import { sendBackForApproval } from './send-back-for-approval';

type Recipients = NonNullable<OverrideChange['recipients']>;

/** Nobody could be told, so the change cannot take effect. `serverAtFault`: the mail server took no mail at all. */
export class AnnouncementFailed extends LapseError {
  readonly serverAtFault: boolean;

  constructor(message: string, serverAtFault: boolean) {
    super('unavailable', message);
    this.serverAtFault = serverAtFault;
  }
}

/** A failed announcement waits 1, 2, 4 ... hours before its next attempt, 24 at the most. */
const retryDelayMs = (attempt: number) => Math.min(24, 2 ** Math.min(attempt - 1, 5)) * 60 * 60 * 1000;

/**
 * Tells every host of a scheduled shortening, each by himself. It counts as announced once at least one mail was accepted;
 * the day that the mails name is the first on which it may take effect. Returns false when there was nothing to tell, and
 * when a second admin has to approve first what other changes have made of it.
 * Throws AnnouncementFailed when no host could be told: the change stays, shows it, and waits for another attempt.
 */
export async function announceOverrideChange(
  ctx: Context,
  changeId: string,
  baseUrl: string | null,
): Promise<boolean> {
  const prepared = await prepareAnnouncement(ctx, changeId, baseUrl);
  if (prepared === 'needs-approval') {
    await sendBackForApproval(ctx, changeId);
    return false;
  }
  if (!prepared) return false;
  const { facts, attempt } = prepared;
  return audited(ctx, { action: 'override.announce', target: `override:${changeId}` }, async (event) => {
    const named = { challengeId: facts.challenge.id, attempt, takesEffectAt: facts.takesEffectAt };
    event.note({ newValue: { ...named, impact: facts.impact } });
    const { recipients, firstAcceptedAt, serverAtFault } = await mailAll(ctx, prepared);
    const problem = whyFailed(prepared, recipients, firstAcceptedAt);
    const recorded = await record(ctx, prepared, recipients, firstAcceptedAt, problem);
    const accepted = recipients.filter((recipient) => recipient.accepted).length;
    event.note({
      newValue: { ...named, impact: facts.impact, accepted, refused: recipients.length - accepted, recorded },
    });
    if (problem !== null) throw new AnnouncementFailed(problem, serverAtFault);
    return recorded;
  });
}

/** Only our own attempt counts, and only while the change is still to be announced: it may have been cancelled meanwhile. */
async function record(
  ctx: Context,
  { changeId, attempt, facts }: PreparedAnnouncement,
  recipients: Recipients,
  firstAcceptedAt: Date | null,
  problem: string | null,
): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    await lockChallenge(tx, facts.challenge.id);
    const nextAttemptAt = new Date(ctx.clock.now().getTime() + retryDelayMs(attempt));
    const told =
      problem === null
        ? {
            announcedAt: firstAcceptedAt,
            takesEffectAt: facts.takesEffectAt,
            nextAttemptAt: null,
            lastError: null,
          }
        : { nextAttemptAt, lastError: problem };
    const rows = await tx
      .update(overrideChanges)
      .set({ ...told, recipients })
      .where(
        and(
          eq(overrideChanges.id, changeId),
          eq(overrideChanges.state, 'scheduled'),
          isNull(overrideChanges.announcedAt),
          eq(overrideChanges.attempts, attempt),
        ),
      )
      .returning({ id: overrideChanges.id });
    return rows.length > 0;
  });
}

async function mailAll(ctx: Context, { changeId, attempt, facts, hosts }: PreparedAnnouncement) {
  const recipients: Recipients = [];
  let firstAcceptedAt: Date | null = null;
  let serverAtFault = hosts.length > 0;
  for (const { personId, ...host } of hosts) {
    const { email } = host;
    try {
      await ctx.mailer.send({
        ...announcementMail(facts, host),
        // Another attempt is another mail: it names another day.
        messageId: `<override.${changeId}.${attempt}.${personId}@lapse>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      firstAcceptedAt ??= ctx.clock.now();
      serverAtFault = false;
      recipients.push({ email, personId, accepted: true });
    } catch (error) {
      ctx.log.warn({ err: error, change: changeId, person: personId }, 'an announcement was not accepted');
      if (!(error instanceof MailError) || error.kind === 'bad-address') serverAtFault = false;
      recipients.push({ email, personId, accepted: false, error: inWords(error) });
    }
  }
  return { recipients, firstAcceptedAt, serverAtFault };
}

function inWords(error: unknown): string {
  return error instanceof MailError
    ? error.message
    : 'the mail could not be sent, for a reason that is in the log';
}

function whyFailed(
  { facts }: PreparedAnnouncement,
  recipients: Recipients,
  acceptedAt: Date | null,
): string | null {
  if (recipients.length === 0) {
    return 'The challenge has no host whose account is enabled, so nobody could be told.';
  }
  if (acceptedAt === null) {
    const each = recipients.map(({ email, error }) => `${email}: ${error}`).join('; ');
    return `No mail was accepted: ${each}`.slice(0, 2000);
  }
  if (addDays(acceptedAt, RETENTION_POLICY.daysAfterNotice) > facts.takesEffectAt) {
    return `The mails took longer than ${SENDING_LEASE_MS / 60_000} minutes, so the date that they name is less than ${RETENTION_POLICY.daysAfterNotice} days ahead.`;
  }
  return null;
}
