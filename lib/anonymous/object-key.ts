const MAX_BYTES = 1024;

/** Whose keys these are: nothing that the platform names may reach them, in whatever case a file system compares. */
const OTHERS: [RegExp, string][] = [
  [/^media\//i, 'keys below “media/” belong to challenges'],
  [/^audit\//i, 'keys below “audit/” belong to the archives of Lapse'],
  [/^local\//i, '“local/” stands before the keys of local files already'],
  [/^\.lapse-/i, 'keys that begin with “.lapse-” belong to Lapse'],
];

/** Why this cannot be the key of a file of anonymous data; null when it can. A key has one spelling only. */
export function whyNotAnObjectKey(key: string): string | null {
  if (Buffer.byteLength(key) > MAX_BYTES) return `it is longer than ${MAX_BYTES} bytes`;
  if (/\p{Cc}/u.test(key)) return 'it holds a control character';
  if (key.includes('\\')) return 'it holds a backslash';
  if (key.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    return 'it begins or ends with a slash, or has an empty part, “.” or “..”';
  }
  return OTHERS.find(([pattern]) => pattern.test(key))?.[1] ?? null;
}
