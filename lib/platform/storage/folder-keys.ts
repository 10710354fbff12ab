import path from 'node:path';
import { whyKeyIsInvalid } from './keys';

/** What the folder keeps for itself, at its top: the marker and half-written objects. No key may begin with it. */
export const RESERVED_PREFIX = '.lapse-';

/** The longest file name of the usual file systems, in bytes. */
const MAX_SEGMENT_BYTES = 255;

/** Windows gives these names and characters a meaning of their own (devices, streams, trimmed ends). */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const isWindowsTrap = (segment: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these cannot be in a file name there.
  /[<>:"|?*\u0000-\u001f]|[. ]$/.test(segment) || WINDOWS_DEVICE.test(segment);

/**
 * Why `key` can name no object in a folder; NULL when it can. What passes is a relative path of plain names, so joined to
 * the root it is below the root, as one path for one key. Links on the disk are another matter: see FolderStorage.
 */
export function whyNotAFolderKey(key: string, platform: NodeJS.Platform = process.platform): string | null {
  const general = whyKeyIsInvalid(key);
  if (general) return general;
  if (key.includes('\0')) return 'the key has a NUL character';
  if (key.includes('\\')) return 'the key has a backslash';
  if (key.startsWith('/')) return 'the key begins with a slash';
  if (key.toLowerCase().startsWith(RESERVED_PREFIX))
    return `keys that begin with ${RESERVED_PREFIX} are kept for Lapse itself`;
  for (const segment of key.split('/')) {
    if (segment === '') return 'the key has an empty part (two slashes in a row, or one at its end)';
    if (segment === '.' || segment === '..') return `the key has the part ${JSON.stringify(segment)}`;
    if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) {
      return `a part of the key is longer than ${MAX_SEGMENT_BYTES} bytes`;
    }
    if (platform === 'win32' && isWindowsTrap(segment)) {
      return `Windows allows no file of the name ${JSON.stringify(segment)}`;
    }
  }
  return null;
}

/** The file of a key that `whyNotAFolderKey` has nothing against. */
export const fileOf = (root: string, key: string): string => path.join(root, ...key.split('/'));
