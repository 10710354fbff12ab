import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LapseError } from '../errors';
import { folderFailure } from './folder-failure';
import { createTemporaryStorage } from './testing/temporary-storage';

const errno = (code: string) => Object.assign(new Error(`${code}: no`), { code });

describe('failures of the folder storage', () => {
  it.each([
    ['EACCES', 'forbidden', false],
    ['EPERM', 'forbidden', false],
    ['EROFS', 'forbidden', false],
    ['EBUSY', 'busy', true],
    ['EMFILE', 'busy', true],
    ['EIO', 'unreachable', true],
    ['ESTALE', 'unreachable', true],
    ['EWHATEVER', 'other', false],
  ])('%s is %s', (code, kind, retryable) => {
    const result = folderFailure('a', errno(code));
    expect(result).toEqual({ key: 'a', outcome: 'failed', kind, retryable, error: `${code}: no` });
  });

  it('a missing store is a failure of each key', () => {
    const result = folderFailure('a', new LapseError('unavailable', 'not mounted'));
    expect(result).toMatchObject({ kind: 'store-missing', error: 'not mounted', retryable: false });
  });

  // Root may do everything, so there is nothing to see for it.
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a folder that may not be written or read is no absence',
    async () => {
      const { storage, root, remove } = await createTemporaryStorage();
      const folder = path.join(root, 'closed');
      await mkdir(folder);
      await writeFile(path.join(folder, 'a.txt'), 'a');
      await chmod(folder, 0o000);
      expect((await storage.stat(['closed/a.txt'])).get('closed/a.txt')).toMatchObject({ kind: 'forbidden' });
      expect(await storage.delete(['closed/a.txt'])).toMatchObject([
        { outcome: 'failed', kind: 'forbidden' },
      ]);
      await expect(storage.list().next()).rejects.toMatchObject({ code: 'unavailable' });
      await chmod(folder, 0o700);
      await remove();
    },
  );
});
