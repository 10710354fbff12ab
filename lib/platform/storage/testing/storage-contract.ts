import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectInfo, ObjectStorage, SeenVersion } from '../object-storage';

export interface OpenStorage {
  storage: ObjectStorage;
  close: () => Promise<void>;
}

/** What every object storage must do, told as tests; `open` gives an empty one that is ready for use. */
export function describeStorageContract(name: string, open: () => Promise<OpenStorage>): void {
  describe(`object storage: ${name}`, () => {
    let storage: ObjectStorage;
    let close: () => Promise<void>;

    beforeAll(async () => {
      ({ storage, close } = await open());
    });
    afterAll(() => close?.());

    const put = async (...keys: string[]) => {
      for (const key of keys) await storage.put(key, Buffer.from(`content of ${key}`));
    };
    const outcomes = async (keys: string[]) => {
      const results = await storage.stat(keys);
      return keys.map((key) => results.get(key)?.outcome);
    };
    const listed = async (prefix?: string) => {
      const infos: ObjectInfo[] = [];
      for await (const info of storage.list(prefix === undefined ? {} : { prefix })) infos.push(info);
      return infos.sort((a, b) => (a.key < b.key ? -1 : 1));
    };

    it('can be prepared again, is reachable and says what it is', async () => {
      await storage.prepare();
      await storage.check();
      expect(storage.describe()).not.toBe('');
    });

    it('gives back what was put, from memory and from a stream', async () => {
      const big = Buffer.alloc(3 * 1024 * 1024, 'lapse');
      await storage.put('round/bytes.txt', Buffer.from('häåß'));
      await storage.put('round/stream.bin', Readable.from([big.subarray(0, 1_000), big.subarray(1_000)]));
      await storage.put('round/empty', new Uint8Array());
      expect((await buffer(await storage.get('round/bytes.txt'))).toString()).toBe('häåß');
      expect(big.equals(await buffer(await storage.get('round/stream.bin')))).toBe(true);
      expect(await buffer(await storage.get('round/empty'))).toHaveLength(0);
    });

    it('gives back what was put from a file, which stays', async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-contract-'));
      try {
        const file = path.join(folder, 'big.bin');
        const big = Buffer.alloc(3 * 1024 * 1024, 'file');
        await writeFile(file, big);
        await storage.put('round/file.bin', { file });
        expect(big.equals(await buffer(await storage.get('round/file.bin')))).toBe(true);
        expect(big.equals(await readFile(file))).toBe(true);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

    it('replaces an object, and its etag changes', async () => {
      await storage.put('again.txt', Buffer.from('one'));
      const before = (await storage.stat(['again.txt'])).get('again.txt');
      await storage.put('again.txt', Buffer.from('three'));
      const after = (await storage.stat(['again.txt'])).get('again.txt');
      expect(before).toMatchObject({ outcome: 'present', sizeBytes: 3, etag: expect.any(String) });
      expect(after).toMatchObject({ outcome: 'present', sizeBytes: 5, etag: expect.any(String) });
      expect(after).not.toEqual({ ...before, sizeBytes: 5 });
    });

    it('tells present from absent, once for each distinct key', async () => {
      await put('media/a/one.txt');
      const keys = [
        'media/a/one.txt',
        'media/a/none.txt',
        'media/a',
        'media/a/one.txt/below',
        'media/a/one.txt',
      ];
      const results = await storage.stat(keys);
      expect(results.size).toBe(4);
      expect(await outcomes(keys)).toEqual(['present', 'absent', 'absent', 'absent', 'present']);
    });

    it('answers not_found for the content of an absent object', async () => {
      await expect(storage.get('nobody/put/this')).rejects.toMatchObject({ code: 'not_found' });
    });

    it('E10 deletes, in the order asked, leaves the neighbours, and can be asked again', async () => {
      const asked = [
        'media/del/deep/er/3.txt',
        'media/del/never-there.txt',
        'media/del/1.txt',
        'media/del/2.txt',
      ];
      await put('media/del/1.txt', 'media/del/2.txt', 'media/del/deep/er/3.txt', 'media/del/kept.txt');
      const results = await storage.delete(asked);
      expect(results.map(({ key }) => key)).toEqual(asked);
      expect(results.every(({ outcome }) => outcome !== 'failed')).toBe(true);
      expect(await outcomes([...asked, 'media/del/kept.txt'])).toEqual([
        ...asked.map(() => 'absent'),
        'present',
      ]);
      for (const { outcome } of await storage.delete(asked)) expect(outcome).not.toBe('failed');
    });

    const seenOf = async (...keys: string[]): Promise<Map<string, SeenVersion>> =>
      new Map(
        [...(await storage.stat(keys))].flatMap(([key, stat]) => {
          if (stat.outcome === 'failed') throw new Error(stat.error);
          return [[key, stat.outcome === 'present' ? stat : 'absent']];
        }),
      );

    it('E11 deletes the version that was seen, and leaves what has been put in its place since', async () => {
      // The last one cannot travel in XML, where the folder can hold it.
      const [same, other, brandNew, gone, odd] = ['same', 'other', 'new', 'gone', 'odd\t'].map(
        (name) => `seen/deep/${name}`,
      ) as [string, string, string, string, string];
      const free = 'seen/free';
      await put(same, other, gone, odd, free);
      const seen = await seenOf(same, other, brandNew, gone, odd);
      // As long as before: only the version tells.
      await storage.put(other, Buffer.from(`CONTENT OF ${other}`));
      await storage.put(odd, Buffer.from(`CONTENT OF ${odd}`));
      await put(brandNew, free);
      await storage.delete([gone]);
      const changed = { outcome: 'failed', kind: 'changed', retryable: false };
      const results = await storage.delete([same, other, brandNew, gone, odd, free], seen);
      expect(results).toMatchObject([
        { key: same, outcome: 'deleted' },
        { key: other, ...changed },
        { key: brandNew, ...changed },
        { key: gone, outcome: 'already-absent' },
        { key: odd, ...changed },
        { key: free, outcome: 'deleted' },
      ]);
      expect(await outcomes([same, other, brandNew, gone, odd, free])).toEqual([
        'absent',
        'present',
        'present',
        'absent',
        'present',
        'absent',
      ]);
      expect((await buffer(await storage.get(other))).toString()).toBe(`CONTENT OF ${other}`);
      const now = await storage.delete([other, brandNew, odd], await seenOf(other, brandNew, odd));
      expect(now.map(({ outcome }) => outcome)).toEqual(['deleted', 'deleted', 'deleted']);
      expect(await listed('seen/')).toEqual([]);
    });

    it('takes 1,000 keys at once, refuses 1,001 and a key that is named twice, and then deletes nothing', async () => {
      const keys = Array.from({ length: 1_001 }, (_, index) => `batch/${index}`);
      await put('batch/0', 'batch/999');
      await expect(storage.delete(keys)).rejects.toMatchObject({ code: 'invalid' });
      await expect(storage.delete(['batch/0', 'batch/0'])).rejects.toMatchObject({ code: 'invalid' });
      expect(await outcomes(['batch/0'])).toEqual(['present']);
      const results = await storage.delete(keys.slice(0, 1_000));
      expect(results).toHaveLength(1_000);
      expect(await outcomes(['batch/0', 'batch/999'])).toEqual(['absent', 'absent']);
    });

    it('deletes no key and stats no key without complaint', async () => {
      expect(await storage.delete([])).toEqual([]);
      expect(await storage.stat([])).toEqual(new Map());
    });

    it('keeps keys with difficult characters apart', async () => {
      const keys = [
        'odd/with space.txt',
        'odd/plus+plus.txt',
        'odd/plus plus.txt',
        'odd/percent%20.txt',
        'odd/a&b<c>"d".txt',
        "odd/it's.txt",
        'odd/Ümläut-日本-🙂.txt',
        'odd/question?mark#hash.txt',
        'odd/&amp;.txt',
      ];
      await put(...keys);
      expect((await listed('odd/')).map(({ key }) => key)).toEqual([...keys].sort());
      expect(await outcomes(keys)).toEqual(keys.map(() => 'present'));
      for (const key of keys) {
        const [result] = await storage.delete([key]);
        expect(result).toMatchObject({ key, outcome: 'deleted' });
      }
      expect(await listed('odd/')).toEqual([]);
    });

    it('lists by prefix of the text, with sizes and the same etags as stat', async () => {
      await put('list/ab.txt', 'list/abc/d.txt', 'list/b.txt', 'listed.txt');
      expect((await listed('list/ab')).map(({ key }) => key)).toEqual(['list/ab.txt', 'list/abc/d.txt']);
      expect((await listed('list')).map(({ key }) => key)).toContain('listed.txt');
      expect(await listed('list/nothing')).toEqual([]);
      expect(await listed('../')).toEqual([]);
      const [info] = await listed('list/b.txt');
      const stat = (await storage.stat(['list/b.txt'])).get('list/b.txt');
      expect(info).toMatchObject({ sizeBytes: 'content of list/b.txt'.length });
      expect(stat).toMatchObject({ outcome: 'present', sizeBytes: info?.sizeBytes, etag: info?.etag });
      expect((await listed()).length).toBeGreaterThanOrEqual(4);
    });

    it('names an invalid key and goes on with the others', async () => {
      await put('valid.txt');
      const bad = ['', 'x'.repeat(1_025), 'half a pair \ud800'];
      const stats = await storage.stat([...bad, 'valid.txt']);
      const results = await storage.delete([...bad, 'valid.txt']);
      for (const [index, key] of bad.entries()) {
        expect(stats.get(key)).toMatchObject({ outcome: 'failed', kind: 'invalid-key', retryable: false });
        expect(results[index]).toMatchObject({
          key,
          outcome: 'failed',
          kind: 'invalid-key',
          retryable: false,
        });
        await expect(storage.put(key, new Uint8Array())).rejects.toMatchObject({ code: 'invalid' });
      }
      expect(results[3]).toMatchObject({ key: 'valid.txt', outcome: 'deleted', remains: null });
    });
  });
}
