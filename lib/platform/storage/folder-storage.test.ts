import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderStorage } from './folder-storage';
import { describeStorageContract } from './testing/storage-contract';
import { createTemporaryStorage } from './testing/temporary-storage';

describeStorageContract('folder', async () => {
  const { storage, remove } = await createTemporaryStorage();
  return { storage, close: remove };
});

describe('folder storage', () => {
  let storage: FolderStorage;
  let root: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ storage, root, remove } = await createTemporaryStorage());
  });
  afterEach(() => remove());

  const put = async (...keys: string[]) => {
    for (const key of keys) await storage.put(key, Buffer.from(key));
  };

  it.skipIf(process.platform === 'win32')(
    'makes a new folder for its owner only, and leaves a given one',
    async () => {
      const fresh = path.join(root, '..', 'fresh', 'objects');
      await new FolderStorage(fresh).prepare();
      expect((await stat(fresh)).mode & 0o777).toBe(0o700);
      const given = path.join(root, '..', 'given');
      await mkdir(given);
      await chmod(given, 0o750);
      await new FolderStorage(given).prepare();
      expect((await stat(given)).mode & 0o777).toBe(0o750);
    },
  );

  it('takes nothing for absent when the folder is gone, as with a disk that is not mounted', async () => {
    await put('media/a.txt');
    await rename(root, `${root}-elsewhere`);
    const failed = { outcome: 'failed', kind: 'store-missing', retryable: false };
    expect((await storage.stat(['media/a.txt'])).get('media/a.txt')).toMatchObject(failed);
    expect(await storage.delete(['media/a.txt'])).toMatchObject([failed]);
    await expect(storage.check()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(storage.put('b', Buffer.from('b'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(storage.list().next()).rejects.toMatchObject({ code: 'unavailable' });
    await mkdir(root);
    // The empty mount point: a folder, but not the store.
    expect(await storage.delete(['media/a.txt'])).toMatchObject([failed]);
    await expect(storage.put('b', Buffer.from('b'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(await readdir(root)).toEqual([]);
  });

  it('says which file is missing when the folder is no store yet, and adopts what lies in it', async () => {
    await rm(path.join(root, '.lapse-store'));
    await mkdir(path.join(root, 'media'));
    await writeFile(path.join(root, 'media/a.txt'), 'a');
    await expect(storage.check()).rejects.toThrow(/\.lapse-store/);
    await storage.prepare();
    expect((await storage.stat(['media/a.txt'])).get('media/a.txt')).toMatchObject({ outcome: 'present' });
  });

  it('removes the folders that become empty, and no others', async () => {
    await put('media/x/deep/a.txt', 'media/y/b.txt');
    expect(await storage.delete(['media/x/deep/a.txt'])).toMatchObject([
      { outcome: 'deleted', remains: null },
    ]);
    expect(await readdir(path.join(root, 'media'))).toEqual(['y']);
    await storage.delete(['media/y/b.txt']);
    expect((await readdir(root)).filter((name) => !name.startsWith('.lapse-'))).toEqual([]);
    await storage.check();
  });

  it('tidies after a crash between the deletion and its folder', async () => {
    await mkdir(path.join(root, 'media/x'), { recursive: true });
    expect(await storage.delete(['media/x/a.txt'])).toMatchObject([{ outcome: 'already-absent' }]);
    expect(await readdir(root)).not.toContain('media');
  });

  it('loses no object that is put while its folder is removed', async () => {
    const rounds = Array.from({ length: 150 }, (_, index) => index);
    for (const round of rounds) {
      await put('race/deep/old.txt');
      const [deleted] = await Promise.all([
        storage.delete(['race/deep/old.txt']),
        storage.put('race/deep/new.txt', Buffer.from(String(round))),
      ]);
      expect(deleted).toMatchObject([{ outcome: 'deleted' }]);
      expect(await readFile(path.join(root, 'race/deep/new.txt'), 'utf8')).toBe(String(round));
      await storage.delete(['race/deep/new.txt']);
    }
  });

  it('follows no link, be it the object or a folder on the way, inside or out', async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), 'lapse-outside-'));
    try {
      await mkdir(path.join(outside, 'empty/deeper'), { recursive: true });
      await writeFile(path.join(outside, 'secret.txt'), 'secret');
      await put('media/real/a.txt');
      await symlink(outside, path.join(root, 'media/out'));
      await symlink(path.join(outside, 'secret.txt'), path.join(root, 'media/secret.txt'));
      await symlink(path.join(root, 'media/real'), path.join(root, 'media/alias'));
      const keys = [
        'media/out/secret.txt',
        'media/out/empty/missing.txt',
        'media/out/empty/deeper/missing/x.txt',
        'media/secret.txt',
        'media/alias/a.txt',
      ];
      const stats = await storage.stat(keys);
      const results = await storage.delete(keys);
      for (const [index, key] of keys.entries()) {
        expect(stats.get(key)).toMatchObject({ outcome: 'failed', kind: 'invalid-key' });
        expect(results[index]).toMatchObject({ key, outcome: 'failed', kind: 'invalid-key' });
        await expect(storage.get(key)).rejects.toMatchObject({ code: 'invalid' });
      }
      await expect(storage.put('media/out/new.txt', Buffer.from('x'))).rejects.toMatchObject({
        code: 'invalid',
      });
      expect(await readFile(path.join(outside, 'secret.txt'), 'utf8')).toBe('secret');
      expect((await readdir(outside)).sort()).toEqual(['empty', 'secret.txt']);
      expect(await readdir(path.join(outside, 'empty'))).toEqual(['deeper']);
      const listed: string[] = [];
      for await (const { key } of storage.list()) listed.push(key);
      for await (const { key } of storage.list({ prefix: 'media/out/' })) listed.push(key);
      expect(listed).toEqual(['media/real/a.txt']);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it('works when the folder itself is reached by a link', async () => {
    const linked = `${root}-link`;
    await symlink(root, linked);
    const other = new FolderStorage(linked);
    await other.put('a/b.txt', Buffer.from('b'));
    expect(await other.delete(['a/b.txt'])).toMatchObject([{ outcome: 'deleted' }]);
    expect(await readdir(root)).not.toContain('a');
  });

  it('says that content remains under another name of the same file', async () => {
    await put('media/a.txt');
    await link(path.join(root, 'media/a.txt'), path.join(root, 'media/b.txt'));
    expect(await storage.delete(['media/a.txt'])).toMatchObject([
      { outcome: 'deleted', remains: expect.stringContaining('hard link') },
    ]);
    expect(await storage.delete(['media/b.txt'])).toMatchObject([{ outcome: 'deleted', remains: null }]);
  });

  it('leaves nothing behind when the body of an object breaks off', async () => {
    async function* broken() {
      yield Buffer.from('half');
      throw new Error('the sender went away');
    }
    await expect(storage.put('half.txt', Readable.from(broken()))).rejects.toThrow('went away');
    expect((await storage.stat(['half.txt'])).get('half.txt')).toMatchObject({ outcome: 'absent' });
    expect(await readdir(path.join(root, '.lapse-drafts'))).toEqual([]);
  });

  it('removes old drafts of a crash and shows none in a listing', async () => {
    const drafts = path.join(root, '.lapse-drafts');
    await mkdir(drafts);
    await writeFile(path.join(drafts, 'old'), 'personal data');
    await writeFile(path.join(drafts, 'young'), 'being written');
    const dayBefore = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(path.join(drafts, 'old'), dayBefore, dayBefore);
    await put('a.txt');
    expect(await readdir(drafts)).toEqual(['young']);
    const listed: string[] = [];
    for await (const { key } of storage.list()) listed.push(key);
    expect(listed).toEqual(['a.txt']);
  });

  it('refuses an object below another one, and a folder in its place', async () => {
    await put('a/b.txt');
    await expect(storage.put('a/b.txt/c', Buffer.from('c'))).rejects.toMatchObject({ code: 'invalid' });
    await expect(storage.put('a', Buffer.from('a'))).rejects.toMatchObject({ code: 'invalid' });
  });
});
