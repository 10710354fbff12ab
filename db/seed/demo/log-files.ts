import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addDays, DAY_MS } from '@/lib/platform/clock';
import { seededRandom } from './random';
import type { ChallengeScenario } from './scenario';

/** One file of a worker, as rotation leaves it. */
export interface DemoLogFile {
  name: string;
  text: string;
  first: Date;
  last: Date;
}

/** A worker begins a new file each week. */
const DAYS_PER_FILE = 7;
const LINES_PER_FILE = 24;

/** What the workers of a challenge have logged, oldest first: from its beginning to some days after its end, or until now. */
export function logFiles(challenge: ChallengeScenario, now: Date): DemoLogFile[] {
  const random = seededRandom(`logs of challenge ${challenge.id}`);
  const end = challenge.endDate === null ? now : addDays(challenge.endDate, 3);
  const until = Math.min(end.getTime(), now.getTime() - DAY_MS / 24);
  const files: DemoLogFile[] = [];
  for (let from = challenge.startDate.getTime(); from < until; from += DAYS_PER_FILE * DAY_MS) {
    const step = (Math.min(from + DAYS_PER_FILE * DAY_MS, until) - from) / (LINES_PER_FILE + 1);
    const times = Array.from(
      { length: LINES_PER_FILE },
      (_, line) => new Date(Math.floor(from + step * (line + 0.5))),
    );
    const lines = times.map((at) => `${at.toISOString()} ${random.pick(SAYINGS)} ${random.whole(1, 400)}`);
    const [first, last] = [times[0], times.at(-1)];
    if (!first || !last) continue;
    // Days would differ with the day of the fill; numbers do not.
    const name = `worker-${String(files.length + 1).padStart(3, '0')}.log`;
    files.push({ name, text: `${lines.join('\n')}\n`, first, last });
  }
  return files;
}

const SAYINGS = [
  'INFO worker: evaluating submission',
  'INFO worker: loaded annotations of batch',
  'INFO queue: messages waiting:',
  'WARNING worker: predictions missing for items:',
  'INFO worker: finished evaluation in seconds:',
  'INFO storage: uploaded the result of submission',
] as const;

/** Writes the files into the folder of their group, in place of what an interrupted fill left there. */
export async function writeLogGroup(folder: string, files: readonly DemoLogFile[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { name, text, last } of files) {
    await writeFile(path.join(folder, name), text);
    await utimes(path.join(folder, name), last, last);
  }
}
