import { lstat, opendir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isMissing } from './folder-failure';
import { RESERVED_PREFIX, whyNotAFolderKey } from './folder-keys';
import { infoOf } from './folder-paths';
import type { ObjectInfo } from './object-storage';
import { runAtOnce } from './run-at-once';

const FILES_AT_ONCE = 64;

/**
 * Every plain file below `root` whose key starts with `prefix`. Links are not followed and not listed. A folder or file
 * that goes away in between is left out; one that may not be read throws, because a listing with a hole in it is worse
 * than none.
 */
export async function* listFolder(root: string, prefix: string): AsyncGenerator<ObjectInfo> {
  // Only the folder that the prefix leads into is walked, and not all of the store.
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  if (start !== '' && whyNotAFolderKey(start.slice(0, -1)) !== null) return;
  for await (const keys of filesBelow(root, start)) {
    const wanted = keys.filter((key) => key.startsWith(prefix));
    const infos = await runAtOnce(FILES_AT_ONCE, wanted, (key) => infoOrNull(root, key));
    for (const info of infos) if (info) yield info;
  }
}

/** The keys of the files in `start` ('' or 'a/b/') and below, in bundles. */
async function* filesBelow(root: string, start: string): AsyncGenerator<string[]> {
  const open = [start];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    let bundle: string[] = [];
    try {
      const place = path.join(root, folder.slice(0, -1));
      if ((await realpath(place)) !== place) continue;
      for await (const entry of await opendir(place)) {
        if (folder === '' && entry.name.toLowerCase().startsWith(RESERVED_PREFIX)) continue;
        if (entry.isDirectory()) open.push(`${folder}${entry.name}/`);
        if (entry.isFile()) bundle.push(folder + entry.name);
        if (bundle.length < FILES_AT_ONCE) continue;
        yield bundle;
        bundle = [];
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    if (bundle.length > 0) yield bundle;
  }
}

async function infoOrNull(root: string, key: string): Promise<ObjectInfo | null> {
  try {
    return infoOf(key, await lstat(path.join(root, key), { bigint: true }));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
