import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileOf, whyNotAFolderKey } from './folder-keys';

/** Keys made of what attackers and accidents are made of. */
const part = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    '...',
    '.. ',
    ' ..',
    '\0',
    '\\',
    '..\\',
    'C:',
    '~',
    '%2e%2e',
    '.lapse-store',
    'a',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const anyKey = fc.oneof(
  fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

describe('keys of the folder storage', () => {
  it('never lead out of the root, nor to a file of Lapse itself, and never two to one file', () => {
    const root = path.resolve('/var/lapse/objects');
    const keyOfFile = new Map<string, string>();
    fc.assert(
      fc.property(anyKey, (key) => {
        if (whyNotAFolderKey(key) !== null) return;
        const file = fileOf(root, key);
        expect(file.startsWith(root + path.sep)).toBe(true);
        expect(path.resolve(file)).toBe(file);
        expect(path.relative(root, file).split(path.sep).join('/')).toBe(key);
        expect(path.basename(path.join(root, key.split('/')[0]!))).not.toMatch(/^\.lapse-/i);
        expect(keyOfFile.get(file) ?? key).toBe(key);
        keyOfFile.set(file, key);
      }),
      { numRuns: 5_000 },
    );
  });

  it('are accepted as the reference makes them', () => {
    for (const key of [
      'media/submission_files/submission_12/3d1f.zip',
      'submission_files/submission_12/stdout (1).txt',
      'a',
      '..a/b..',
      'naïve/日本.json',
    ]) {
      expect(whyNotAFolderKey(key)).toBeNull();
    }
  });

  it.each([
    ['../secret', /part "\.\."/],
    ['media/../../secret', /part "\.\."/],
    ['/etc/passwd', /begins with a slash/],
    ['media//a', /empty part/],
    ['media/a/', /empty part/],
    ['a\\b', /backslash/],
    ['a\0b', /NUL/],
    ['./a', /part "\."/],
    ['.lapse-store', /kept for Lapse/],
    ['.LAPSE-drafts/x', /kept for Lapse/],
    [`${'x'.repeat(256)}/a`, /longer than 255/],
  ])('refuses %j and says why', (key, why) => {
    expect(whyNotAFolderKey(key)).toMatch(why);
  });

  it.each(['a:stream', 'con', 'media/NUL.txt', 'trailing.', 'trailing ', 'what?'])(
    'refuses %j on Windows only',
    (key) => {
      expect(whyNotAFolderKey(key, 'win32')).toMatch(/Windows/);
      expect(whyNotAFolderKey(key, 'linux')).toBeNull();
    },
  );
});
