import { lstat, mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LapseError } from '../errors';
import { errnoOf, isMissing } from './folder-failure';

/**
 * A file at the top of the folder that says "this is the store". A disk that is not mounted leaves an empty folder in its
 * place, in which every object looks deleted; the marker is missing there as well, and that tells the two apart.
 */
export const MARKER = '.lapse-store';

const MARKER_TEXT =
  'Lapse keeps objects in this folder, and takes it for its store only while this file is here.\n';

/** The real path of the store; throws LapseError 'unavailable' when the folder or its marker is not there. */
export async function openRoot(root: string): Promise<string> {
  try {
    const real = await realpath(root);
    await lstat(path.join(real, MARKER));
    return real;
  } catch (error) {
    throw new LapseError('unavailable', whyNotOpen(root, error), { cause: error });
  }
}

function whyNotOpen(root: string, error: unknown): string {
  if (!isMissing(error)) return `The object folder ${root} cannot be read (${errnoOf(error) ?? error}).`;
  return (
    `The object folder ${root} is not there, or has no file ${MARKER} in it. Is its disk mounted? ` +
    `If this is the right folder and it is new to Lapse, create an empty file ${path.join(root, MARKER)}.`
  );
}

/**
 * Makes the folder and its marker. Safe to repeat. A new folder is for its owner only: objects hold people's data, and
 * under root others may pass through the folder above. One that exists keeps the mode that somebody gave it.
 */
export async function prepareRoot(root: string): Promise<void> {
  await mkdir(path.dirname(root), { recursive: true });
  await mkdir(root, { mode: 0o700 }).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  await writeFile(path.join(root, MARKER), MARKER_TEXT, { flag: 'wx' }).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
}
