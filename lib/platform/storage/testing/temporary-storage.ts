import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FolderStorage } from '../folder-storage';

/** A folder storage of its own for one test, ready for use, and what removes it again. */
export async function createTemporaryStorage(): Promise<{
  storage: FolderStorage;
  root: string;
  remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-storage-'));
  const root = path.join(folder, 'objects');
  const storage = new FolderStorage(root);
  await storage.prepare();
  return { storage, root, remove: () => rm(folder, { recursive: true, force: true }) };
}
