import { z } from 'zod';
import { type LoadedSubmission, loadSubmission } from '@/lib/challenges/load-submission';
import { zoneOf } from '@/lib/challenges/person-zone';
import type { Context } from '@/lib/people/context';
import { bigIdField } from '@/lib/platform/fields';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { parse } from '@/lib/platform/parse';
import { type Explanation, explain } from './explain';
import { momentOf } from './explained-moment';
import { type Deletion, readDeletion } from './read-deletion';
import { CANNOT_KNOW, readFactsNow, readFactsThen } from './read-facts';
import { readHolds, type StandingHold } from './read-holds';
import { readScheduled } from './read-scheduled';
import { sayWhatIf } from './say-change';
import { sayDeletion, sayExplanation } from './say-explanation';

const input = z.strictObject({
  submissionId: bigIdField,
  /** A day (its beginning in the actor's zone) or an instant with its offset; left out: now. */
  at: z.string('use a day such as 2027-01-31').max(100).optional(),
});

export interface WhySubmission {
  submissionId: number;
  challengeId: number;
  challengeTitle: string;
  at: Date;
  /** The answer in sentences, the first of which says it all; days are those of the actor's zone. */
  sentences: string[];
  /** 'If the hold “X” is released: earliest 5 December 2026.'; empty for the past and for what is gone. */
  changes: string[];
  /** What the answer cannot know, in sentences. */
  caveats: string[];
  /** The holds that stand on it at `at`. */
  holds: StandingHold[];
  /** How it went; null while any of its files was there at `at`. */
  deletion: Deletion | null;
  /** The rules, one by one; null for what is gone. */
  explanation: Explanation | null;
}

/**
 * Why a submission's files stay, may go or went, at any date (B1): the facts as they are now for now and for later, and as
 * the records tell for earlier. For everybody who may see its challenge. Throws 'not_found', and 'invalid' for a date that
 * is none or is out of range.
 */
export async function whySubmission(ctx: Context, args: z.input<typeof input>): Promise<WhySubmission> {
  const { submissionId, at: text } = parse(input, args);
  const zone = zoneOf(ctx.actor);
  const submission = await loadSubmission(ctx, submissionId);
  // One reading of the clock: a second one may be later, and 'now' would lie in the past.
  const now = ctx.clock.now();
  const at = momentOf(now, text, zone);
  const subject = {
    submissionId,
    challengeId: submission.challengeId,
    challengeTitle: submission.challengeTitle,
    at,
  };
  const deletion = await readDeletion(ctx.db, submission);
  if (deletion && deletion.deletedAt <= at) {
    const sentences = sayDeletion(deletion, zone);
    return { ...subject, sentences, changes: [], caveats: [], holds: [], deletion, explanation: null };
  }
  const known = await readFactsNow(ctx.db, submissionId, now);
  if (!known) throw new Error(`submission ${submissionId} has no retention facts`);
  const facts = at < now ? await readFactsThen(ctx.db, submissionId, known, at) : known.facts;
  const holds = await readHolds(ctx, { submissionId, ...known }, at);
  const scheduled = await readScheduled(ctx.db, known.challengeId);
  const explanation = explain(facts, at, { now, scheduled });
  return {
    ...subject,
    sentences: sayExplanation(explanation, { zone, holds }),
    changes: explanation.whatIf.map((found) => sayWhatIf(found, { zone, holds, tense: explanation.tense })),
    caveats: caveatsOf(submission, at, now, zone),
    holds,
    deletion: null,
    explanation,
  };
}

function caveatsOf(submission: LoadedSubmission, at: Date, now: Date, zone: string): string[] {
  const { deleting, failed, deleted } = submission.files;
  const shared = submission.artifacts.filter(
    ({ state, sharedWith }) => state !== 'deleted' && sharedWith > 0,
  );
  return [
    ...(at < submission.submittedAt
      ? [`It was submitted only on ${formatDate(submission.submittedAt, zone)}.`]
      : []),
    ...(at < now ? CANNOT_KNOW : []),
    ...(at > now ? ['This takes everything to be as it is now, but the time.'] : []),
    ...(at >= now && deleting > 0
      ? [`${formatCount(deleting, 'file')} of it being deleted by a run now.`]
      : []),
    ...(at >= now && deleted > 0
      ? [`${formatCount(deleted, 'file')} of it gone already, with receipts.`]
      : []),
    ...(at >= now && failed > 0
      ? [
          `${formatCount(failed, 'file')} could not be deleted, and will be tried again when the rule allows it.`,
        ]
      : []),
    ...(shared.length > 0
      ? [
          `${formatCount(shared.length, 'file')} shared with other submissions: such a file goes with the last of them.`,
        ]
      : []),
  ];
}
