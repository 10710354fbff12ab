import { connect } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { OffLogStore } from '@/lib/platform/log-store/off-log-store';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { runCleanupToEnd } from '../run-cleanup-to-end';
import { WrappedStorage } from './wrapped-storage';

/*
 * A process of its own that works on a cleanup, for tests that kill it. Arguments: the database's URL, the folder of the
 * objects, the run, the time, and how many objects of a batch it deletes before it stands still and says so ('all' to go
 * on as usual).
 */
const [url = '', root = '', jobRunId = '', now = '', before = 'all'] = process.argv.slice(2);

const real = new FolderStorage(root);
const storage = new WrappedStorage(real, {
  delete: async (keys) => {
    if (before === 'all') return real.delete(keys);
    await real.delete(keys.slice(0, Number(before)));
    process.stdout.write('standing still\n');
    return new Promise(() => {});
  },
});

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

const run = await runCleanupToEnd(ctx, { jobRunId });
process.stdout.write(`${run.state}\n`);
await database.close();
