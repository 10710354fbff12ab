import { realpathSync } from 'node:fs';
import path from 'node:path';
import { isMissing } from './folder-failure';

/** Where local files lie when nothing else is said, and the only place in LAPSE_DATA_DIR that may be named. */
export const defaultLocalFolder = (dataDir: string): string =>
  path.join(/* turbopackIgnore: true */ dataDir, 'objects', 'local');

/**
 * Why this cannot be the folder of local files, in words that follow its name; null when it can. Whoever may name local files
 * has them deleted: were the folder over the data of Lapse, or within it, so would be archives, artifacts and the database.
 * Links are followed as far as the folders are there.
 */
export function whyNotLocalFolder(localDir: string, dataDir: string): string | null {
  const local = realOf(localDir);
  const data = realOf(dataDir);
  if (local === realOf(defaultLocalFolder(dataDir))) return null;
  if (local === data) return 'it is LAPSE_DATA_DIR itself';
  if (isWithin(data, local)) return `LAPSE_DATA_DIR (${dataDir}) lies in it`;
  if (isWithin(local, data)) return `it lies in LAPSE_DATA_DIR (${dataDir})`;
  return null;
}

function isWithin(inner: string, outer: string): boolean {
  const way = path.relative(outer, inner);
  return way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}

/** The real path of the nearest folder above that is there, with the rest as it is. */
function realOf(folder: string): string {
  const absolute = path.resolve(/* turbopackIgnore: true */ folder);
  try {
    return realpathSync(absolute);
  } catch (error) {
    const parent = path.dirname(absolute);
    // What cannot be looked at is taken by its name; the store itself says then what is wrong with it.
    if (!isMissing(error) || parent === absolute) return absolute;
    return path.join(realOf(parent), path.basename(absolute));
  }
}
