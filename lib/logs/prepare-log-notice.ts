import type { Transaction } from '@/db/client';
import { logNotices } from '@/db/schema/logs';
import { hostsOf } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { lockChallenge } from '@/lib/retention/lock-challenge';
import { type LogCase, readLogCase } from './log-case';
import { type LogMailFacts, logNoticeSubject } from './log-notice-mail';
import { MAIL_LEASE_MS } from './log-retention-rule';
import { planLogStep, type SeenGroup } from './plan-log-step';
import { writeLogRow } from './write-log-row';

export type LogHost = Awaited<ReturnType<typeof hostsOf>>[number];

export interface PreparedLogNotice {
  noticeId: string;
  attempt: number;
  facts: LogMailFacts;
  hosts: LogHost[];
}

/**
 * Writes down what will be said before any mail goes, as a notice in state 'sending', under the challenge's lock: only what
 * was accepted counts as said (L9). 'waiting': an attempt is under way, or a failed one waits for its next. 'nothing':
 * there is nothing to announce any more.
 */
export function prepareLogNotice(
  ctx: Context,
  { challengeId, environment }: LogCase,
  seen: SeenGroup,
): Promise<PreparedLogNotice | 'nothing' | 'waiting'> {
  return ctx.db.transaction(async (tx) => {
    await lockChallenge(tx, challengeId);
    const now = ctx.clock.now();
    const case_ = await readLogCase(tx, challengeId, environment);
    const { decision, step } = planLogStep(case_, seen, now);
    const { consentEventId } = case_;
    if (step.kind !== 'announce' || decision.outcome !== 'keep-for' || consentEventId === null)
      return 'nothing';
    const open = case_.lastNotice?.state === 'sent' ? null : case_.lastNotice;
    if (open?.nextAttemptAt && open.nextAttemptAt > now) {
      await sayNobodyTold(tx, case_, open.error, open.nextAttemptAt);
      return 'waiting';
    }
    const facts: LogMailFacts = {
      challenge: { id: challengeId, title: case_.challengeTitle },
      group: case_.name,
      environment,
      days: decision.days,
      keptUntil: decision.keptUntil,
      baseUrl: baseUrl(),
    };
    const noticeId = open?.id ?? newId();
    const attempt = (open?.attempts ?? 0) + 1;
    const sending = {
      state: 'sending' as const,
      days: decision.days,
      keptUntil: decision.keptUntil,
      oldestEventAt: countedFrom(case_, seen),
      subject: logNoticeSubject(facts),
      recipients: [],
      error: null,
      attempts: attempt,
      nextAttemptAt: new Date(now.getTime() + MAIL_LEASE_MS),
    };
    await tx
      .insert(logNotices)
      .values({ ...sending, id: noticeId, challengeId, environment, consentEventId, createdAt: now })
      .onConflictDoUpdate({ target: logNotices.id, set: sending });
    return { noticeId, attempt, facts, hosts: await reachableHosts(tx, challengeId) };
  });
}

/** Nothing is set, and the screen says why. Without an error an attempt is under way, or was cut off. */
export async function sayNobodyTold(
  db: Parameters<typeof writeLogRow>[0],
  case_: LogCase,
  error: string | null,
  nextAttemptAt: Date,
): Promise<void> {
  await writeLogRow(db, case_, {
    state: error === null ? 'wanted' : 'failed',
    explanation: 'The hosts could not be told yet, so nothing is set.',
    lastError: error,
    nextAttemptAt,
  });
}

/** From where the days are counted: an event that the hosts were told of before still counts (L4). */
function countedFrom(case_: LogCase, seen: SeenGroup): Date | null {
  const oldest = seen === 'not-asked' ? null : (seen?.oldestEventAt ?? null);
  const before = case_.facts.notice?.countedFrom ?? null;
  if (oldest === null || before === null) return before ?? oldest;
  return before < oldest ? before : oldest;
}

function baseUrl(): string | null {
  const text = process.env.NEXTAUTH_URL;
  return text && /^https?:\/\//.test(text) && URL.canParse(text) ? text : null;
}

/** Hosts whose account is not disabled, one for each address. */
async function reachableHosts(tx: Transaction, challengeId: number): Promise<LogHost[]> {
  const byAddress = new Map<string, LogHost>();
  for (const host of await hostsOf(tx, challengeId)) {
    const address = host.email.trim().toLowerCase();
    if (!host.disabledAt && address !== '' && !byAddress.has(address)) byAddress.set(address, host);
  }
  return [...byAddress.values()];
}
