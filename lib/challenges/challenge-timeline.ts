import { and, desc, eq } from 'drizzle-orm';
import { notices } from '@/db/schema/notices';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { formatCount } from '@/lib/platform/format';
import { expectation } from './challenge-state';
import type { LoadedChallenge } from './load-challenge';

export type TimelineKind = 'phase-end' | 'consent' | 'notice' | 'eligible' | 'deletion';

export interface TimelineEvent {
  kind: TimelineKind;
  /** Null: it has no instant yet, and `note` says why. */
  at: Date | null;
  /** It is expected, not certain: a scheduled run, if nothing changes. */
  expected: boolean;
  /** Which phase, who, how many: what the kind alone does not say. */
  note: string | null;
}

/** More than this many phase ends are told as the first and the last. */
const MAX_PHASE_ENDS = 3;

/** The story of a challenge in the order of time: ends of phases, consent, notice, date, deletion. */
export async function challengeTimeline(ctx: Context, challenge: LoadedChallenge): Promise<TimelineEvent[]> {
  const { facts, consent } = challenge;
  const expected = expectation(facts, ctx.clock.now());
  const events = phaseEnds(challenge);
  events.push(
    consent
      ? { kind: 'consent', at: consent.at, expected: false, note: `by ${consent.by.displayName}` }
      : { kind: 'consent', at: null, expected: false, note: 'not given' },
  );
  const notice = consent ? await lastNotice(ctx, challenge.id, consent.eventId) : null;
  if (notice) events.push(notice);
  else if (expected?.notice) {
    events.push({ kind: 'notice', at: expected.notice, expected: true, note: 'at least 14 days before' });
  }
  if (facts.nextDate) {
    events.push({ kind: 'eligible', at: facts.nextDate, expected: false, note: 'the earliest date' });
  }
  if (facts.lastDeletedAt) {
    const note = `${facts.deleted} of ${facts.submissions} submissions so far`;
    events.push({ kind: 'deletion', at: facts.lastDeletedAt, expected: false, note });
  }
  if (expected)
    events.push({
      kind: 'deletion',
      at: expected.deletion,
      expected: true,
      note: 'with the monthly cleanup',
    });
  return inOrder(events);
}

function phaseEnds(challenge: LoadedChallenge): TimelineEvent[] {
  const dated = challenge.phases.filter((phase) => phase.endDate !== null);
  const shown =
    dated.length > MAX_PHASE_ENDS ? [dated[0], dated.at(-1)].filter((phase) => phase !== undefined) : dated;
  const events = shown.map(
    (phase): TimelineEvent => ({
      kind: 'phase-end',
      at: phase.endDate,
      expected: false,
      note: phase.name,
    }),
  );
  const open = challenge.phases.length - dated.length;
  if (open > 0) {
    const note = open === 1 ? 'one phase has no end date' : `${open} phases have no end date`;
    events.push({ kind: 'phase-end', at: null, expected: false, note });
  }
  return events;
}

/** The last attempt under the consent in force. */
async function lastNotice(
  ctx: Context,
  challengeId: number,
  consentEventId: string,
): Promise<TimelineEvent | null> {
  const [notice] = await ctx.db
    .select()
    .from(notices)
    .where(and(eq(notices.challengeId, challengeId), eq(notices.consentEventId, consentEventId)))
    .orderBy(desc(notices.createdAt), desc(notices.id))
    .limit(1);
  if (!notice) return null;
  return {
    kind: 'notice',
    at: notice.sentAt ?? notice.createdAt,
    expected: false,
    note: noticeNote(notice),
  };
}

function noticeNote({ state, recipients }: typeof notices.$inferSelect): string {
  if (state === 'failed') return 'could not be sent';
  if (state === 'sending') return 'being sent';
  const reached = recipients.filter(({ accepted }) => accepted).length;
  if (reached < recipients.length) return `to ${reached} of ${recipients.length} hosts`;
  return `to ${formatCount(reached, 'host')}`;
}

/** By time; what has none comes last. */
function inOrder(events: TimelineEvent[]): TimelineEvent[] {
  const far = addDays(new Date(8.64e15), -1).getTime();
  return events.toSorted((a, b) => (a.at?.getTime() ?? far) - (b.at?.getTime() ?? far));
}
