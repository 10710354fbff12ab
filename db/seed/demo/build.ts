import type { artifacts, challengePhases, submissions } from '@/db/schema/challenges';
import { ACTIVE_STATUSES } from '@/lib/retention/reasons';
import { FILE_EXTENSIONS, fileContent, type SubmissionStory } from './files';
import { type Random, seededRandom } from './random';
import {
  ARTIFACT_KINDS,
  type ArtifactKind,
  type ChallengeScenario,
  type PhaseScenario,
  type SpecialSubmission,
  type SubmissionStatus,
} from './scenario';

type With<T, K extends keyof T> = T & { [P in K]-?: NonNullable<T[P]> };
type PhaseRow = With<typeof challengePhases.$inferInsert, 'id'>;
type SubmissionRow = With<typeof submissions.$inferInsert, 'id'>;
/** The column is 'generated always'; the seed overrides it, so that ids are the same in every demo. */
type ArtifactRow = typeof artifacts.$inferInsert & { id: number };

/** A submission as it was before anybody decided anything: present, with its files. */
export interface BuiltSubmission {
  row: SubmissionRow;
  special: SpecialSubmission;
  artifacts: BuiltArtifact[];
}

export interface BuiltArtifact {
  row: ArtifactRow;
  /** Where the object is, in the one spelling under which it is stored. */
  storageKey: string;
  body: Uint8Array;
  /** False: the row is there and the object is not. */
  stored: boolean;
}

export interface BuiltChallenge {
  scenario: ChallengeScenario;
  phases: { row: PhaseRow; submissions: BuiltSubmission[] }[];
}

/** Makes rows and files of the scenarios. The same scenarios and `now` give the same, byte for byte. */
export function buildChallenges(scenarios: ChallengeScenario[], now: Date): BuiltChallenge[] {
  const ids = { submission: 0, artifact: 0 };
  return scenarios.map((scenario) => {
    const random = seededRandom(`challenge ${scenario.id}`);
    const keys = seededRandom(`keys of challenge ${scenario.id}`);
    return {
      scenario,
      phases: scenario.phases.map((phase, index) => ({
        row: {
          id: scenario.id * 10 + index,
          challengeId: scenario.id,
          name: phase.name,
          startDate: phase.startDate,
          endDate: phase.endDate,
          isPublic: phase.isPublic ?? false,
        },
        submissions: buildSubmissions(scenario, phase, scenario.id * 10 + index, { ids, random, keys, now }),
      })),
    };
  });
}

interface Maker {
  ids: { submission: number; artifact: number };
  random: Random;
  /** Apart from the other, so that object keys stay the same whatever the day of the fill is. */
  keys: Random;
  now: Date;
}

function buildSubmissions(
  scenario: ChallengeScenario,
  phase: PhaseScenario,
  phaseId: number,
  maker: Maker,
): BuiltSubmission[] {
  const built: BuiltSubmission[] = [];
  for (let at = 0; at < phase.submissions; at += 1) {
    const special = phase.special?.[at] ?? {};
    const story = tellStory(scenario, phase, at, special, maker);
    const submission: BuiltSubmission = {
      row: {
        id: story.submissionId,
        phaseId,
        participantTeamName: story.team,
        status: story.status,
        submittedAt: story.submittedAt,
        score: story.score === null ? null : String(story.score),
      },
      special,
      artifacts: kindsOf(story.status, special, maker.random).map((kind) =>
        buildArtifact(kind, story, special, maker),
      ),
    };
    shareInput(
      submission,
      special.sharesInputWith === undefined ? undefined : built[special.sharesInputWith],
    );
    built.push(submission);
  }
  return built;
}

function tellStory(
  scenario: ChallengeScenario,
  phase: PhaseScenario,
  at: number,
  special: SpecialSubmission,
  { ids, random, now }: Maker,
): SubmissionStory {
  ids.submission += 1;
  const status = special.status ?? 'finished';
  const end = Math.min((phase.endDate ?? now).getTime(), now.getTime());
  const step = (end - phase.startDate.getTime()) / (phase.submissions + 1);
  return {
    submissionId: ids.submission,
    challengeTitle: scenario.title,
    phaseName: phase.name,
    metric: scenario.metric,
    team: random.pick(TEAM_NAMES),
    method: random.pick(METHODS),
    status,
    submittedAt: new Date(
      Math.round(phase.startDate.getTime() + step * (at + 0.3 + random.fraction() * 0.6)),
    ),
    score:
      status === 'finished' || status === 'archived'
        ? Number((0.4 + random.fraction() * 0.55).toFixed(4))
        : null,
    inputBytes: Math.round((phase.inputBytes ?? 6_000) * (0.6 + random.fraction() * 0.8)),
  };
}

/** Which files a worker leaves depends on how far it came. */
function kindsOf(status: SubmissionStatus, special: SpecialSubmission, random: Random): ArtifactKind[] {
  const waiting = status === 'submitted' || status === 'queued' || status === 'submitting';
  const active = (ACTIVE_STATUSES as readonly string[]).includes(status);
  const likelihood: Record<ArtifactKind, number> = {
    input_file: 1,
    submission_input_file: 0.6,
    stdout_file: waiting ? 0 : 1,
    stderr_file: waiting ? 0 : 0.8,
    environment_log_file: waiting ? 0 : 0.8,
    submission_result_file: active || status === 'failed' || status === 'cancelled' ? 0 : 1,
    submission_metadata_file: 1,
  };
  const needed = [special.absent, special.failing, special.unknownSize];
  return ARTIFACT_KINDS.filter((kind) => random.chance(likelihood[kind]) || needed.includes(kind));
}

function buildArtifact(
  kind: ArtifactKind,
  story: SubmissionStory,
  special: SpecialSubmission,
  { ids, random, keys }: Maker,
): BuiltArtifact {
  ids.artifact += 1;
  const body = fileContent(kind, story, random);
  const key = `submission_files/submission_${story.submissionId}/${keys.uuid()}.${FILE_EXTENSIONS[kind]}`;
  return {
    row: {
      id: ids.artifact,
      submissionId: story.submissionId,
      kind,
      // The platform has written both spellings over the years.
      objectKey: story.submissionId % 3 === 0 ? key : `media/${key}`,
      sizeBytes: special.unknownSize === kind ? null : body.length,
    },
    storageKey: `media/${key}`,
    body,
    stored: special.absent !== kind,
  };
}

/** Lets the input file of `submission` be the very object of `twin`, under the other spelling of its key. */
function shareInput(submission: BuiltSubmission, twin: BuiltSubmission | undefined): void {
  const own = submission.artifacts.find((artifact) => artifact.row.kind === 'input_file');
  const shared = twin?.artifacts.find((artifact) => artifact.row.kind === 'input_file');
  if (!own || !shared) return;
  own.body = shared.body;
  own.storageKey = shared.storageKey;
  own.row.sizeBytes = shared.row.sizeBytes ?? null;
  own.row.objectKey = shared.row.objectKey.startsWith('media/')
    ? shared.storageKey.slice('media/'.length)
    : shared.storageKey;
}

const TEAM_NAMES = [
  'Gradient Gardeners',
  'Loss Landscape Lovers',
  'Null Hypothesis',
  'Pixel Foundry',
  'Saddle Point Society',
  'Team Aurora',
  'Kernel Panic',
  'Blue Heron AI',
  'Overfit Anonymous',
  'Deep Fjord',
  'Convex Optimists',
  'Latent Space Cadets',
  'Northwind Robotics',
  'Quiet Ensemble',
  'Six Sigma Students',
  'Batch Norm Breakers',
  'Attention Span',
  'Salt Lake Learners',
  'The Residuals',
  'Monte Carlo Meerkats',
] as const;

const METHODS = [
  'baseline + augmentation',
  'ensemble of 5',
  'fine-tuned encoder',
  'self-distillation',
  'two-stage cascade',
  'retrieval + re-ranking',
  'contrastive pre-training',
] as const;
