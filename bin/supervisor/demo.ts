import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect } from '../../db/client';
import { DEMO_MARKER, seedDemo } from '../../db/seed/demo';
import { emptiness } from '../../db/seed/emptiness';
import type { ObjectStorage } from '../../lib/platform/storage/object-storage';
import { StartFailure } from './failure';

export interface DemoOptions {
  ownerUrl: string;
  dataDir: string;
  storage: ObjectStorage;
  /** Where the demo's workers have logged; left out where there is a log service. */
  logsDir?: string;
  say: (line: string) => void;
}

/** Whether this Lapse holds the demo from an earlier start. */
export async function holdsDemo(ownerUrl: string): Promise<boolean> {
  const database = connect(ownerUrl, { as: 'owner', max: 1 });
  return (await emptiness(database.db, DEMO_MARKER).finally(database.close)).marked;
}

/** Throws StartFailure when the demo is there: its accounts, an admin's among them, have passwords that all can read. */
export async function refuseDemo(ownerUrl: string): Promise<void> {
  if (!(await holdsDemo(ownerUrl))) return;
  throw new StartFailure(
    'This database holds the demo, whose accounts have passwords that anybody can read, so Lapse does not serve it ' +
      'with NODE_ENV=production. Set DATABASE_URL to another database, or LAPSE_DATA_DIR to another folder.',
  );
}

/**
 * Fills an empty database and an empty object folder with the demo. Returns whether this Lapse holds the demo, from now
 * or from before; false when it holds somebody's own data.
 *
 * The rows of the demo come in one transaction, its files before that. The note `demo-filling` says whose files lie in
 * the folder when a start was interrupted in between: then the next one begins again instead of respecting them.
 */
export async function ensureDemo({
  ownerUrl,
  dataDir,
  storage,
  logsDir,
  say,
}: DemoOptions): Promise<boolean> {
  const note = path.join(dataDir, 'demo-filling');
  const objects = path.join(dataDir, 'objects');
  const database = connect(ownerUrl, { as: 'owner', max: 1 });
  const found = await emptiness(database.db, DEMO_MARKER).finally(database.close);
  if (found.marked || found.filledWith) {
    rmSync(note, { force: true });
    return found.marked;
  }
  if (!existsSync(note)) {
    if (hasFiles(objects)) {
      say(
        `The database is empty, but there are files in ${objects}, and Lapse throws no files away by itself. ` +
          `It starts without the demo; to have it, move that folder away and start again.`,
      );
      return false;
    }
    writeFileSync(note, 'The demo is being filled in. When nothing runs, a start was interrupted.\n', {
      flush: true,
    });
  }
  say('Filling in the demo: people, challenges and their files');
  await seedDemo({ ownerUrl, storage, now: new Date(), ...(logsDir ? { logsDir } : {}) });
  rmSync(note, { force: true });
  return true;
}

/** Other than the marks that Lapse makes itself. */
function hasFiles(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found.some((entry) => !entry.isDirectory() && !entry.name.startsWith('.lapse-'));
}
