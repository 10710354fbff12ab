/*
 * Does one step of the tiers in a process of its own, and stands still for ever at one place, to be killed there:
 *   tier-child.ts archive|prune|compact|expire|remove DATABASE_URL OBJECTS FOLDER NOW STEP
 */
import { connect } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { OffLogStore } from '@/lib/platform/log-store/off-log-store';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { recordingMailer } from '@/lib/retention/testing/scenario';
import { archiveDue } from '../archive/archive-due';
import { compactDue } from '../archive/compact-due';
import { expireDue } from '../archive/expire-due';
import { removeDue } from '../archive/remove-due';
import { pruneArchived } from '../prune/prune-hot';
import { makeSigningKey, readSigningKey } from '../seal/signing-key';

const [what, url = '', objects = '', folder = '', now = '', step = ''] = process.argv.slice(2);

async function standStill(): Promise<never> {
  process.stdout.write('standing still\n');
  return new Promise(() => setInterval(() => {}, 1000));
}

const { db, close } = connect(url);

/** Before the storage is asked for the object or for the manifest. */
const storage = new Proxy(new FolderStorage(objects), {
  get(target, name) {
    const value = Reflect.get(target, name);
    if (typeof value !== 'function') return value;
    return async (...args: unknown[]) => {
      const at = `${String(name)}-${String(args[0]).endsWith('.parquet') ? 'object' : 'manifest'}`;
      if (step === at || step === String(name)) await standStill();
      return value.apply(target, args);
    };
  },
});

if (step === 'settle') {
  const begin = db.transaction.bind(db);
  db.transaction = ((work: Parameters<typeof begin>[0]) =>
    begin(async (tx) => {
      await work(tx);
      return standStill();
    })) as typeof db.transaction;
}

if (step === 'second-batch') {
  const begin = db.transaction.bind(db);
  let batches = 0;
  db.transaction = ((work: Parameters<typeof begin>[0]) =>
    begin((tx) => {
      const execute = tx.execute.bind(tx);
      tx.execute = (async (query: Parameters<typeof execute>[0]) => {
        const isBatch = JSON.stringify((query as { queryChunks?: unknown }).queryChunks)?.includes(
          'prune_audit_events',
        );
        if (isBatch && ++batches === 2) await standStill();
        return execute(query);
      }) as unknown as typeof tx.execute;
      return work(tx);
    })) as typeof db.transaction;
}

const ctx: Context = {
  db,
  storage,
  log,
  clock: fixedClock(now),
  mailer: recordingMailer(),
  logs: new OffLogStore('production'),
  actor: { type: 'system', job: 'archive-audit-log' },
};
const current = readSigningKey(makeSigningKey());
const keys = { current, accepted: new Set([current.id]) };
const work: Record<string, () => Promise<unknown>> = {
  archive: () => archiveDue(ctx, { folder }),
  prune: () => pruneArchived(ctx, { keys }),
  compact: () => compactDue(ctx, { warmDays: 30, folder }),
  expire: () => expireDue(ctx, { keys, coldDays: 30, folder }),
  remove: () => removeDue(ctx, { folder }),
};
await work[what ?? '']?.();
process.stdout.write(`done, ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`);
await close();
