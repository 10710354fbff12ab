import path from 'node:path';
import { ensureBuilt, isBuilt } from './build';
import { describeFailure, StartFailure } from './failure';
import { readLiveRunState } from './run-state';

/** `npm run build`: brings the build up to date, with its output on the terminal. */
export async function main(root: string): Promise<void> {
  const dataDir = path.resolve(root, process.env.LAPSE_DATA_DIR?.trim() || '.lapse');
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  try {
    if (isBuilt(root)) {
      say('The build is up to date.');
      return;
    }
    const running = readLiveRunState(dataDir);
    if (running) {
      throw new StartFailure(
        `Lapse runs from this build (process ${running.supervisor.pid}); stop it before building anew.`,
      );
    }
    await ensureBuilt({ root, say, signal: stopping.signal, output: 'terminal' });
  } catch (error) {
    if (!stopping.signal.aborted) process.stderr.write(`${describeFailure(error, root, dataDir)}\n`);
    process.exitCode = 1;
  }
}
