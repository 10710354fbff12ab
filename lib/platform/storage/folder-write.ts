import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { systemClock } from '../clock';
import { invalid } from '../errors';
import { errnoOf } from './folder-failure';
import { locate, syncFolder } from './folder-paths';
import type { ObjectBody } from './object-storage';

/** Half-written objects; on the same file system as the rest, so that a rename puts them in place at once. */
const DRAFTS = '.lapse-drafts';

const DRAFT_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** How often a folder may be tidied away under our hands before that is a fault and not a race. */
const MAX_RENAMES = 100;

/** Writes the body beside the objects, on disk, and gives its path. The caller moves or removes it. */
export async function writeDraft(root: string, body: ObjectBody): Promise<string> {
  const draft = path.join(root, DRAFTS, randomUUID());
  await mkdir(path.dirname(draft), { recursive: true });
  const handle = await open(draft, 'wx');
  try {
    // Each writeFile goes on where the one before it ended, and writes all of its chunk.
    if (body instanceof Uint8Array) await handle.writeFile(body);
    else for await (const chunk of chunksOf(body)) await handle.writeFile(chunk as Uint8Array | string);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(draft, { force: true });
    throw error;
  }
  await handle.close();
  return draft;
}

const chunksOf = (body: Readable | { file: string }): Readable =>
  'file' in body ? createReadStream(body.file, { highWaterMark: 1024 * 1024 }) : body;

/** Moves a draft to the place of `key`. A deletion may remove the empty folder in between: then it is made again. */
export async function moveIntoPlace(root: string, draft: string, key: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { file } = await locate(root, key);
      await mkdir(path.dirname(file), { recursive: true });
      await rename(draft, file);
      await syncFolder(path.dirname(file));
      return;
    } catch (error) {
      const code = errnoOf(error) ?? '';
      if (code === 'ENOENT' && attempt < MAX_RENAMES) continue;
      if (['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY'].includes(code)) {
        throw invalid(
          `a folder cannot hold ${JSON.stringify(key)} beside an object whose key is a part of it`,
        );
      }
      throw error;
    }
  }
}

/** Removes drafts that a crash left behind: they hold people's data, and nothing refers to them. */
export async function removeOldDrafts(root: string): Promise<void> {
  const folder = path.join(root, DRAFTS);
  const oldest = systemClock.now().getTime() - DRAFT_LIFETIME_MS;
  for (const name of await readdir(folder).catch(() => [])) {
    const draft = path.join(folder, name);
    const stats = await stat(draft).catch(() => null);
    if (stats && stats.mtimeMs < oldest) await rm(draft, { force: true });
  }
}
