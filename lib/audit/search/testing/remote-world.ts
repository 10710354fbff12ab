import { rm } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { vi } from 'vitest';
import type { Context } from '@/lib/people/context';
import type { S3Storage } from '@/lib/platform/storage/s3-storage';
import { S3TestServer } from '@/lib/platform/storage/testing/s3-test-server';
import { s3TestStorage } from '@/lib/platform/storage/testing/s3-test-storage';
import { archiveDue } from '../../archive/archive-due';
import { pruneArchived } from '../../prune/prune-hot';
import { type TierWorld, tierWorld } from '../../testing/tier-world';

export interface RemoteWorld {
  w: TierWorld;
  s3: S3TestServer;
  storage: S3Storage;
  /** Of an auditor. */
  ctx: Context;
  /** The bytes of each object, by key. */
  objects: ReadonlyMap<string, Buffer>;
  /** Where archives are kept for the next search. */
  cache: string;
  /** The archives that were asked for, by their addresses. */
  gets(): string[];
  /** Puts back all objects, and forgets what was kept of them. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** 40 events on each of four days of September, of which the last 20 are in the hot tier; the others lie in S3, a day an object. */
export async function remoteWorld(): Promise<RemoteWorld> {
  const w = await tierWorld('2026-11-21T09:00:00Z');
  vi.stubEnv('LAPSE_DATA_DIR', w.folder);
  const s3 = await S3TestServer.start('audit');
  const storage = s3TestStorage(s3, 'audit', { timeoutMs: 5_000 });
  for (const day of ['01', '02', '03', '05']) await w.insert(40, `2026-09-${day}T10:00:00Z`);
  await w.insert(1, '2026-11-20T10:00:00Z');
  await w.seal();
  const { failed } = await archiveDue(w.using(storage), { folder: path.join(w.folder, 'work') });
  if (failed.length > 0) throw new Error(JSON.stringify(failed));
  await pruneArchived(w.using(storage), { keys: w.keys });
  const objects = new Map<string, Buffer>();
  for await (const { key } of storage.list({ prefix: 'audit/' })) {
    objects.set(key, await buffer(await storage.get(key)));
  }
  const cache = path.join(w.folder, 'audit-cache');
  return {
    w,
    s3,
    storage,
    ctx: { ...w.s.as(await w.s.person({ role: 'auditor' })), storage },
    objects,
    cache,
    gets: () =>
      s3.requests.flatMap(({ method, url }) => (method === 'GET' && url.includes('.parquet') ? [url] : [])),
    restore: async () => {
      for (const [key, body] of objects) await storage.put(key, body);
      await rm(cache, { recursive: true, force: true });
    },
    close: async () => {
      vi.unstubAllEnvs();
      await storage.close();
      await s3.stop();
      await w.close();
    },
  };
}
