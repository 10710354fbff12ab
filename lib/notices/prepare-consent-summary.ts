import { and, desc, eq, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { consentSummaries, type NoticeRecipient } from '@/db/schema/notices';
import { people } from '@/db/schema/people';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { consentChangesIn, type SummaryWindow } from './consent-changes';
import { type ConsentSummaryFacts, summarySubject } from './consent-summary-mail';

/** A summary whose process died is taken up again after this. */
const LEASE_MS = 60 * 60 * 1000;
/** The first summary looks back so far; every other begins where the one before ended. */
const FIRST_WINDOW_DAYS = 7;
/**
 * A record's time is taken before its transaction commits. Windows end so long before now, so that none is committed into
 * a window that was summed up already.
 */
const SETTLING_MS = 10 * 60 * 1000;

export type PreparedSummary =
  | {
      state: 'ready';
      id: string;
      attempt: number;
      facts: ConsentSummaryFacts;
      /** Whom no mail of it has reached yet. */
      to: Reader[];
      accepted: NoticeRecipient[];
    }
  /** Another process is sending it, or it waits for its next attempt. */
  | { state: 'waiting' }
  /** Nothing changed: the window is closed without a mail. */
  | { state: 'nothing' };

interface Reader {
  personId: number;
  email: string;
  displayName: string;
  timeZone: string;
}

/**
 * Writes down which window a summary covers before any mail goes. One that failed, did not reach everybody, or was cut off
 * is taken up again first, for the same window; `retryOnly` opens no new one.
 */
export function prepareConsentSummary(
  ctx: Context,
  { baseUrl, retryOnly }: { baseUrl: string | null; retryOnly: boolean },
): Promise<PreparedSummary> {
  return ctx.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lapse:consent-summary', 0))`);
    const now = ctx.clock.now();
    const unfinished = await findUnfinished(tx);
    if (unfinished?.nextAttemptAt && unfinished.nextAttemptAt > now) return { state: 'waiting' };
    if (!unfinished && retryOnly) return { state: 'nothing' };
    const window = unfinished
      ? { start: unfinished.windowStart, end: unfinished.windowEnd }
      : await nextWindow(tx, now);
    if (window.end <= window.start) return { state: 'nothing' };

    const facts = { ...window, ...(await consentChangesIn(tx, window)), baseUrl };
    const isEmpty = facts.given + facts.withdrawn === 0;
    const accepted = (unfinished?.recipients ?? []).filter((recipient) => recipient.accepted);
    const row = {
      windowStart: window.start,
      windowEnd: window.end,
      given: facts.given,
      withdrawn: facts.withdrawn,
      subject: isEmpty ? '' : summarySubject(facts),
      state: isEmpty ? ('sent' as const) : ('sending' as const),
      attempts: (unfinished?.attempts ?? 0) + (isEmpty ? 0 : 1),
      nextAttemptAt: isEmpty ? null : new Date(now.getTime() + LEASE_MS),
      recipients: unfinished?.recipients ?? [],
      createdAt: unfinished?.createdAt ?? now,
    };
    const id = unfinished?.id ?? newId();
    await tx
      .insert(consentSummaries)
      .values({ id, ...row })
      .onConflictDoUpdate({ target: consentSummaries.id, set: row });
    if (isEmpty) return { state: 'nothing' };
    const reached = new Set(accepted.map(({ personId }) => personId));
    const to = (await readers(tx)).filter(({ personId }) => !reached.has(personId));
    return { state: 'ready', id, attempt: row.attempts, facts, to, accepted };
  });
}

/** A summary that is not at its end: not sent, or with somebody left to be told. */
async function findUnfinished(tx: Transaction) {
  const [row] = await tx
    .select()
    .from(consentSummaries)
    .where(or(ne(consentSummaries.state, 'sent'), sql`${consentSummaries.nextAttemptAt} is not null`))
    .orderBy(consentSummaries.windowStart)
    .limit(1);
  return row;
}

async function nextWindow(tx: Transaction, now: Date): Promise<SummaryWindow> {
  const [last] = await tx
    .select({ end: consentSummaries.windowEnd })
    .from(consentSummaries)
    .orderBy(desc(consentSummaries.windowStart))
    .limit(1);
  return { start: last?.end ?? addDays(now, -FIRST_WINDOW_DAYS), end: new Date(now.getTime() - SETTLING_MS) };
}

/** Admins and auditors whose account is enabled. */
function readers(tx: Transaction): Promise<Reader[]> {
  return tx
    .select({
      personId: people.id,
      email: people.email,
      displayName: people.displayName,
      timeZone: people.timeZone,
    })
    .from(people)
    .where(and(inArray(people.role, ['admin', 'auditor']), isNull(people.disabledAt)))
    .orderBy(people.id)
    .limit(1000);
}

/** Only our own attempt: one that was given up as lost may have been taken over meanwhile. */
export const ownAttempt = (id: string, attempt: number) =>
  and(
    eq(consentSummaries.id, id),
    eq(consentSummaries.state, 'sending'),
    eq(consentSummaries.attempts, attempt),
  );
