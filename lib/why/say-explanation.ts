import { JOBS } from '@/lib/jobs/catalogue';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import type { Explanation } from './explain';
import type { Deletion } from './read-deletion';
import { because, type SayOptions } from './say-change';

/** Why it stays or goes, in sentences for people: the answer first, then what the schedules will make of it. */
export function sayExplanation(
  explanation: Explanation,
  { zone, holds }: Omit<SayOptions, 'tense'>,
): string[] {
  const sentences = [answer(explanation, zone)];
  if (explanation.decision === 'held') sentences.push(...holds.map((hold) => sayHold(hold, zone)));
  const next = explanation.keeping.slice(1).find((reason) => !PASSING.includes(reason));
  if (next && !explanation.earliest)
    sentences.push(`Without that it would stay all the same: ${because(next)}.`);
  if (explanation.tense !== 'past') sentences.push(...sayEarliest(explanation, zone));
  return sentences;
}

const PASSING: readonly string[] = ['not-due', 'not-announced', 'announced-too-recently'];

function answer(explanation: Explanation, zone: string): string {
  const { at, tense, decision, eligible, foreseen } = explanation;
  const day = formatDate(at, zone);
  if (tense === 'future' && foreseen && foreseen.deletion <= at) {
    return `By ${day} it will be deleted, if nothing changes.`;
  }
  const lead = tense === 'present' ? 'It' : `On ${day} it`;
  const stays = { past: 'stayed', present: 'stays', future: 'will still be kept' }[tense];
  if (decision === 'retention-period-over') {
    const may = { past: 'might go', present: 'may go', future: 'may go, if nothing changes' }[tense];
    return `${lead} ${may}: nothing ${tense === 'past' ? 'kept' : 'keeps'} it.`;
  }
  if (decision === 'not-due' && eligible) {
    const until = formatDate(eligible.date, zone);
    return `${lead} ${stays}, at least until ${until}: ${eligible.words}.`;
  }
  return `${lead} ${stays}: ${because(decision)}.`;
}

function sayHold(
  { on, matter, reason, placedBy, placedAt }: SayOptions['holds'][number],
  zone: string,
): string {
  const where = { challenge: 'the challenge', phase: 'its phase', submission: 'the submission itself' }[on];
  const what = matter ? `The hold “${matter}”` : 'A hold';
  const who = placedBy ? ` by ${placedBy}` : '';
  const why = reason ? `: ${reason.replace(/[.\s]+$/, '')}` : '';
  return `${what} stands on ${where} since ${formatDate(placedAt, zone)}${who}${why}.`;
}

/** The schedules in their own words, without what they say of retries. */
const WHEN = {
  notices: JOBS['weekly-retention-notifications-and-consent-log'].when.split(';')[0],
  cleanups: JOBS['cleanup-expired-submission-artifacts'].when.split(';')[0],
};

function sayEarliest({ earliest, foreseen, decision }: Explanation, zone: string): string[] {
  if (!earliest) return ['While that lasts there is no earliest deletion.'];
  const day = (instant: Date) => formatDate(instant, zone);
  const rule =
    decision === 'retention-period-over'
      ? []
      : [
          `The earliest that the rule allows is ${day(earliest.date)}${earliest.needsNotice ? ', once the hosts were sent a notice' : ''}.`,
        ];
  if (!foreseen) return rule;
  const goes = `it goes on ${day(foreseen.deletion)}`;
  return [
    ...rule,
    foreseen.notice
      ? `Notices are sent ${WHEN.notices} and cleanups run ${WHEN.cleanups}, so in practice the hosts are told on ${day(foreseen.notice)}, and ${goes}.`
      : `Cleanups run ${WHEN.cleanups}, so in practice ${goes}.`,
  ];
}

/** How it went, and why that was allowed. */
export function sayDeletion(deletion: Deletion, zone: string): string[] {
  const day = (instant: Date) => formatDate(instant, zone);
  const policy = deletion.policyVersion ? ` under policy ${deletion.policyVersion}` : '';
  const runs = deletion.runIds.length > 0 ? ` by ${sayRuns(deletion.runIds)}` : '';
  const proof =
    deletion.receiptIds.length > 0
      ? `, with ${formatCount(deletion.receiptIds.length, 'receipt')}`
      : ', without a receipt';
  const grounds = [
    ...deletion.consents.map(({ by, at }) => `${by} had consented on ${day(at)}`),
    ...deletion.notices.flatMap(({ sentAt }) =>
      sentAt ? [`the hosts had been told on ${day(sentAt)}`] : [],
    ),
    ...(deletion.eligibleDate ? [`its date, ${day(deletion.eligibleDate)}, was reached`] : []),
  ];
  return [
    `Deleted on ${day(deletion.deletedAt)}${policy}${runs}${proof}.`,
    ...(grounds.length > 0 ? [`That was allowed because ${joined(grounds)}.`] : []),
    'The submission and its score stay. Deleted files cannot be brought back.',
  ];
}

const sayRuns = (ids: string[]): string => (ids.length === 1 ? `run ${ids[0]}` : `the runs ${joined(ids)}`);

function joined(parts: string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
