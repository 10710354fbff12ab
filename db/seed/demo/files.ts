import type { Random } from './random';
import type { ArtifactKind, SubmissionStatus } from './scenario';

/** What the files of one submission tell about. */
export interface SubmissionStory {
  submissionId: number;
  challengeTitle: string;
  phaseName: string;
  metric: string;
  team: string;
  method: string;
  status: SubmissionStatus;
  submittedAt: Date;
  score: number | null;
  /** About how many bytes the input file has. */
  inputBytes: number;
}

export const FILE_EXTENSIONS: Record<ArtifactKind, string> = {
  input_file: 'csv',
  submission_input_file: 'json',
  stdout_file: 'txt',
  stderr_file: 'txt',
  environment_log_file: 'log',
  submission_result_file: 'json',
  submission_metadata_file: 'json',
};

/** The content of one file, as an evaluation worker would have written it. */
export function fileContent(kind: ArtifactKind, story: SubmissionStory, random: Random): Uint8Array {
  return new TextEncoder().encode(WRITERS[kind](story, random));
}

const WRITERS: Record<ArtifactKind, (story: SubmissionStory, random: Random) => string> = {
  input_file: predictions,
  submission_input_file: configuration,
  stdout_file: evaluationOutput,
  stderr_file: warnings,
  environment_log_file: workerLog,
  submission_result_file: result,
  submission_metadata_file: metadata,
};

function predictions(story: SubmissionStory, random: Random): string {
  const lines = ['item_id,label,confidence'];
  let bytes = 0;
  for (let item = 1; bytes < story.inputBytes; item += 1) {
    const line = `${story.phaseName.slice(0, 2).toLowerCase()}_${String(item).padStart(6, '0')},${random.whole(0, 41)},${random.fraction().toFixed(5)}`;
    lines.push(line);
    bytes += line.length + 1;
  }
  return `${lines.join('\n')}\n`;
}

function configuration(story: SubmissionStory, random: Random): string {
  return json({
    method: story.method,
    seed: random.whole(1, 9999),
    batch_size: random.pick([16, 32, 64, 128]),
    learning_rate: random.pick([0.0001, 0.0003, 0.001]),
    epochs: random.whole(12, 90),
    external_data: random.chance(0.3),
  });
}

function evaluationOutput(story: SubmissionStory, random: Random): string {
  const clock = clockFrom(story.submittedAt);
  const items = Math.max(60, Math.round(story.inputBytes / 18));
  const lines = [
    `${clock(3)} Evaluating submission ${story.submissionId} of ${story.team}`,
    `${clock(1)} Phase: ${story.phaseName}`,
    `${clock(2)} Loaded ${items} annotations`,
  ];
  for (let step = 1; step <= random.whole(8, 30); step += 1) {
    lines.push(`${clock(random.whole(1, 9))} Scored batch ${step}, ${random.whole(40, 400)} items`);
  }
  lines.push(
    story.status === 'failed'
      ? `${clock(1)} Stopped: the file has no column "label"`
      : `${clock(1)} ${story.metric}: ${story.score ?? 'not computed'}`,
  );
  return `${lines.join('\n')}\n`;
}

function warnings(story: SubmissionStory, random: Random): string {
  const lines = [
    'evaluate.py:41: UserWarning: 3 items have no prediction and count as wrong',
    'evaluate.py:88: RuntimeWarning: invalid value encountered in divide',
  ].slice(0, random.whole(1, 2));
  if (story.status === 'failed') {
    lines.push(
      'Traceback (most recent call last):',
      '  File "evaluate.py", line 27, in load',
      "KeyError: 'label'",
    );
  }
  return `${lines.join('\n')}\n`;
}

function workerLog(story: SubmissionStory, random: Random): string {
  const clock = clockFrom(story.submittedAt);
  const worker = `worker-${random.whole(1, 6)}`;
  return [
    `${clock(1)} ${worker} image evaluation:1.${random.whole(4, 19)}.0 pulled`,
    `${clock(4)} ${worker} container started, 4 cpu, 16384 MiB`,
    `${clock(12)} ${worker} memory peak ${random.whole(900, 14_000)} MiB`,
    `${clock(40)} ${worker} container ended with code ${story.status === 'failed' ? 1 : 0}`,
    '',
  ].join('\n');
}

function result(story: SubmissionStory, random: Random): string {
  const classes = Object.fromEntries(
    Array.from({ length: random.whole(8, 24) }, (_, index) => [
      `class_${String(index).padStart(2, '0')}`,
      Number(random.fraction().toFixed(4)),
    ]),
  );
  return json({
    submission: story.submissionId,
    challenge: story.challengeTitle,
    phase: story.phaseName,
    team: story.team,
    metrics: { [story.metric]: story.score },
    per_class: classes,
  });
}

function metadata(story: SubmissionStory): string {
  return json({
    submission: story.submissionId,
    team: story.team,
    method_name: story.method,
    status: story.status,
    submitted_at: story.submittedAt.toISOString(),
  });
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Lines of a log: each call moves the clock by so many seconds and gives the time as text. */
function clockFrom(start: Date): (seconds: number) => string {
  let at = start.getTime();
  return (seconds) => {
    at += seconds * 1000;
    return `[${new Date(at).toISOString().slice(0, 19)}Z]`;
  };
}
