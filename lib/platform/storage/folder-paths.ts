import type { BigIntStats } from 'node:fs';
import { lstat, open, realpath, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, isMissing, NotAnObject } from './folder-failure';
import { fileOf } from './folder-keys';
import type { ObjectInfo } from './object-storage';

/** Where a key leads on the disk. */
export interface Located {
  file: string;
  /** The nearest folder above the file that exists; below the root without passing a link, so it is safe to tidy. */
  folder: string;
  /** NULL: there is no such object. */
  stats: BigIntStats | null;
}

/** File systems that take A and a, or two spellings of an accent, for the same name. */
const MAY_FOLD_NAMES = process.platform === 'darwin' || process.platform === 'win32';
const folded = (text: string) => text.normalize('NFC').toLowerCase();

/**
 * Looks for the object of a key, which has passed `whyNotAFolderKey`. Follows no link: a link below the root could lead
 * out of it, and would give one object two keys, of which one is deleted with the other. Throws NotAnObject for a link,
 * or the file system's error when it does not answer.
 */
export async function locate(root: string, key: string): Promise<Located> {
  const file = fileOf(root, key);
  const nearest = await nearestFolder(root, path.dirname(file));
  if (!nearest.isParent) return { file, folder: nearest.folder, stats: null };
  const stats = await lstat(file, { bigint: true }).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  // S3 knows no folders: a key that is only the beginning of others names no object.
  if (!stats || stats.isDirectory()) return { file, folder: nearest.folder, stats: null };
  if (!stats.isFile()) {
    throw new NotAnObject(`${file} is not a plain file but a ${stats.isSymbolicLink() ? 'link' : 'device'}`);
  }
  if (MAY_FOLD_NAMES && (await realpath(file)) !== file) return { file, folder: nearest.folder, stats: null };
  return { file, folder: nearest.folder, stats };
}

async function nearestFolder(root: string, parent: string): Promise<{ folder: string; isParent: boolean }> {
  for (let folder = parent; ; folder = path.dirname(folder)) {
    const real = await realpath(folder).catch((error: unknown) => {
      if (isMissing(error)) return null;
      if (errnoOf(error) === 'ELOOP') throw new NotAnObject(`${folder} is a link that leads to itself`);
      throw error;
    });
    if (real === folder) return { folder, isParent: folder === parent };
    if (real !== null && !(MAY_FOLD_NAMES && folded(real) === folded(folder))) {
      throw new NotAnObject(`there is a link on the way to ${folder}; links are not followed`);
    }
    // The caller has just seen the root; if it is gone now, the check after the work finds that.
    if (folder === root) return { folder, isParent: false };
  }
}

/**
 * The etag is made of size, modification time in nanoseconds and inode. It is no hash: it tells that a file was written
 * again. Clocks of file systems tick in milliseconds and can be set back; then it is the inode that tells of a file which
 * took another's place, and only one that was overwritten in place would pass for the same.
 */
export function infoOf(key: string, stats: BigIntStats): ObjectInfo {
  const etag = [stats.size, stats.mtimeNs, stats.ino].map((part) => part.toString(16)).join('-');
  return { key, sizeBytes: Number(stats.size), etag, versionId: null };
}

/**
 * Removes `folder` and the folders above it while they are empty, never the root, and then has the nearest folder that is
 * left written to disk, so that a power cut cannot bring back what was reported as deleted. An object that is put there
 * at the same time wins: removing a folder that is not empty fails, and `put` makes its folder anew.
 */
export async function tidy(root: string, folder: string): Promise<void> {
  let current = folder;
  while (current !== root && (await removeIfEmpty(current))) current = path.dirname(current);
  for (; ; current = path.dirname(current)) {
    if ((await syncFolder(current)) || current === root) return;
  }
}

async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    // Whatever else keeps an empty folder from going (a mount point, its owner) is no concern: it holds no object.
    return errnoOf(error) === 'ENOENT';
  }
}

/** False when the folder is not there any more. Windows cannot sync a folder, and says so in one of several ways. */
export async function syncFolder(folder: string): Promise<boolean> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    if (['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP'].includes(errnoOf(error) ?? '')) return true;
    throw error;
  }
}
