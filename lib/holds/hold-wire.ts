import { z } from 'zod';
import { parse } from '@/lib/platform/parse';
import type { HeldFigures, HoldImpact } from './hold-impact';
import type { HoldRow } from './hold-rows';
import type { PlacedHold, PlaceHoldInput } from './place-hold';
import type { ReleasedHold, ReleaseHoldInput } from './release-hold';

/*
 * Holds as the REST API says them. Instants are ISO 8601 in UTC.
 */

export function holdDocument(hold: HoldRow) {
  return {
    id: hold.id,
    state: hold.releasedAt ? 'released' : 'active',
    on: hold.submissionId !== null ? 'submission' : hold.phaseId !== null ? 'phase' : 'challenge',
    challenge_id: hold.challengeId,
    challenge_title: hold.challengeTitle,
    phase_id: hold.phaseId,
    phase_name: hold.phaseName,
    submission_id: hold.submissionId,
    matter: hold.matter,
    reason: hold.reason,
    placed_at: hold.placedAt,
    placed_by: hold.placedBy,
    released_at: hold.releasedAt,
    released_by: hold.releasedBy,
    release_reason: hold.releaseReason,
  };
}

/** What the hold keeps, and what would follow from its release. */
export function holdImpactDocument(impact: HoldImpact) {
  return {
    keeps: figuresDocument(impact.keeps),
    files_being_deleted: impact.filesBeingDeleted,
    release: {
      lets_go: figuresDocument(impact.letsGo),
      kept_anyway: impact.keptAnyway,
      earliest_deletion: impact.earliestDeletion,
      other_holds: {
        count: impact.others.count,
        first: impact.others.holds.map(({ id, matter, submissions }) => ({ id, matter, submissions })),
      },
    },
  };
}

const figuresDocument = ({ submissions, files, bytes, filesOfUnknownSize }: HeldFigures) => ({
  submissions,
  files,
  bytes,
  files_of_unknown_size: filesOfUnknownSize,
});

export const placedDocument = ({ holdId, challengeId, placedAt, filesBeingDeleted }: PlacedHold) => ({
  id: holdId,
  challenge_id: challengeId,
  placed_at: placedAt,
  files_being_deleted: filesBeingDeleted,
});

export const releasedDocument = ({ holdId, challengeId, releasedAt, datesChanged }: ReleasedHold) => ({
  id: holdId,
  challenge_id: challengeId,
  released_at: releasedAt,
  dates_changed: datesChanged,
});

const placing = z.strictObject({
  challenge_id: z.unknown(),
  phase_id: z.unknown(),
  submission_id: z.unknown(),
  matter: z.unknown(),
  reason: z.unknown(),
});

/** What `placeHold` takes, from a body; it says itself what is wrong with a value. Throws 'invalid' for unknown names. */
export function placingOfWire(body: unknown): PlaceHoldInput {
  const { challenge_id, phase_id, submission_id, matter, reason } = parse(placing.partial(), body ?? {});
  const target = Object.fromEntries(
    Object.entries({ challengeId: challenge_id, phaseId: phase_id, submissionId: submission_id }).filter(
      ([, id]) => id !== undefined,
    ),
  );
  return { target, matter, reason } as PlaceHoldInput;
}

const releasing = z.strictObject({ reason: z.unknown() }).partial();

/** The same for `releaseHold`. */
export function releasingOfWire(holdId: string, body: unknown): ReleaseHoldInput {
  return { holdId, reason: parse(releasing, body ?? {}).reason } as ReleaseHoldInput;
}
