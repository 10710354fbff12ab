import { connect } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { OffLogStore } from '@/lib/platform/log-store/off-log-store';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { beginCleanup } from '../begin-cleanup';
import { loadCleanupRun } from '../cleanup-run';
import { finishCleanup } from '../finish-cleanup';
import { runCleanupBatch } from '../run-cleanup-batch';
import { WrappedStorage } from './wrapped-storage';

/*
 * A process of its own that works on a cleanup, for tests that kill it. Arguments: the database's URL, the folder of the
 * objects, the run, the time, and where it stands still and says so: before it looks at the store ('look'), before or after
 * it has deleted so many objects of a batch (a number), before it looks at them again ('verify'), before it finishes
 * ('finish'), or nowhere ('all').
 */
const [url = '', root = '', jobRunId = '', now = '', place = 'all'] = process.argv.slice(2);

const real = new FolderStorage(root);
let looks = 0;
const storage = new WrappedStorage(real, {
  stat: async (keys) => {
    looks += 1;
    if (place === 'look' || (place === 'verify' && looks === 2)) return standStill();
    return real.stat(keys);
  },
  delete: async (keys, _real, seen) => {
    if (!/^\d+$/.test(place)) return real.delete(keys, seen);
    await real.delete(keys.slice(0, Number(place)), seen);
    return standStill();
  },
});

function standStill(): Promise<never> {
  process.stdout.write('standing still\n');
  return new Promise(() => {});
}

const database = connect(url);
const ctx: Context = {
  db: database.db,
  clock: fixedClock(now),
  storage,
  logs: new OffLogStore('production'),
  mailer: {
    kind: 'folder',
    describe: () => 'no mailer',
    send: () => Promise.reject(new Error('a cleanup sends no mail')),
    close: async () => {},
  },
  log,
  actor: { type: 'system', job: 'cleanup-expired-submission-artifacts' },
};

await beginCleanup(ctx, { jobRunId });
while (!(await runCleanupBatch(ctx, { jobRunId })).done);
if (place === 'finish') await standStill();
await finishCleanup(ctx, { jobRunId });
const { run } = await loadCleanupRun(database.db, jobRunId);
process.stdout.write(`${run.state}\n`);
await database.close();
