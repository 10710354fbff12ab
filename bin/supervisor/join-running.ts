import path from 'node:path';
import { describeFailure } from './failure';
import { readLiveRunState } from './run-state';

/**
 * Gives the command line the database and addresses of the Lapse that runs in this checkout. What the environment says
 * already stays; with DATABASE_URL set, the command works on that database and on nothing of ours.
 */
export function joinRunningLapse(root: string): void {
  const dataDir = path.resolve(root, process.env.LAPSE_DATA_DIR?.trim() || '.lapse');
  process.env.LAPSE_DATA_DIR = dataDir;
  if (process.env.DATABASE_URL?.trim()) return;
  try {
    const running = readLiveRunState(dataDir);
    for (const [name, value] of Object.entries(running?.environment ?? {})) process.env[name] ||= value;
  } catch (error) {
    process.stderr.write(`${describeFailure(error, root, dataDir)}\n`);
    process.exit(1);
  }
}
