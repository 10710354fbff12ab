import {
  appendFile,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderLogStore } from './folder-log-store';
import { POLICY_FILE } from './folder-policy';
import type { LocalExpiry } from './log-store';

const GROUP = 'challenge-pk-7-production-workers';
const CUTOFF = new Date('2026-10-01T00:00:00Z');

describe('a folder of log files', () => {
  let root: string;
  let outside: string;
  let store: FolderLogStore;
  let expiry: LocalExpiry;
  const inGroup = (name: string) => path.join(root, GROUP, name);

  beforeEach(async () => {
    outside = await mkdtemp(path.join(os.tmpdir(), 'lapse-logs-'));
    root = path.join(outside, 'log-groups');
    await mkdir(path.join(root, GROUP), { recursive: true });
    store = new FolderLogStore({ root, environment: 'production' });
    expiry = store.localExpiry;
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  /** A file with these lines, last written at `written`. */
  async function file(name: string, lines: string[], written: string): Promise<void> {
    await writeFile(inGroup(name), lines.join('\n'));
    await utimes(inGroup(name), new Date(written), new Date(written));
  }
  const left = async () => (await readdir(path.join(root, GROUP))).sort();

  it('removes files whose newest event is older, and keeps one with a single younger event whole', async () => {
    await file(
      'a.log',
      ['2026-08-01T00:00:00Z began', '2026-09-30T23:59:59.999Z ended'],
      '2026-09-30T23:59:59Z',
    );
    await file('b.log', ['2026-08-01T00:00:00Z began', '2026-10-01T00:00:00Z ended'], '2026-09-30T00:00:00Z');
    await file(
      'c.log.1',
      ['[2026-07-01 10:00:00,120+02:00] x', '  of more than one line'],
      '2026-07-01T12:00:00Z',
    );
    expect(await expiry.count(GROUP, CUTOFF)).toBe(2);
    const done = await expiry.expire(GROUP, CUTOFF, 100);
    expect(done).toEqual({ files: 2, bytes: expect.any(Number), failed: 0, more: false });
    expect(done.bytes).toBeGreaterThan(100);
    expect(await left()).toEqual(['b.log']);
    expect(await expiry.expire(GROUP, CUTOFF, 100)).toMatchObject({ files: 0, bytes: 0 });
  });

  it('goes by the last writing for a file without times, and never before it: it may be in use, or half-written', async () => {
    await file('plain.log', ['no time here', 'nor here'], '2026-09-01T00:00:00Z');
    await file('in-use.log', ['2026-01-01T00:00:00Z began', '2026-01-0'], '2026-11-20T00:00:00Z');
    await file('empty.log', [], '2026-11-20T00:00:00Z');
    await file('packed.log.gz', ['\u0000\u0001'], '2026-11-20T00:00:00Z');
    expect(await store.describeGroup(GROUP)).toMatchObject({
      oldestEventAt: new Date('2026-01-01T00:00:00Z'),
    });
    expect(await expiry.expire(GROUP, CUTOFF, 100)).toMatchObject({ files: 1 });
    expect(await left()).toEqual(['empty.log', 'in-use.log', 'packed.log.gz']);
  });

  it('keeps what is written to in the moment of its removal', async () => {
    await file('a.log', ['2026-08-01T00:00:00Z began'], '2026-08-01T00:00:00Z');
    expect(await expiry.count(GROUP, CUTOFF)).toBe(1);
    await appendFile(inGroup('a.log'), '\n2026-11-20T00:00:00Z still here');
    expect(await expiry.expire(GROUP, CUTOFF, 100)).toMatchObject({ files: 0 });
    expect(await left()).toEqual(['a.log']);
  });

  it('finds the last time of a file however long it is, and takes a time in the future as one', async () => {
    const filler = Array.from(
      { length: 4_000 },
      (_, index) => `2026-08-01T00:00:00Z line ${index} ${'x'.repeat(30)}`,
    );
    await file('long.log', [...filler, '2026-11-01T00:00:00Z the last one'], '2026-08-02T00:00:00Z');
    await file('ahead.log', ['2036-01-01T00:00:00Z a clock that is ahead'], '2026-08-02T00:00:00Z');
    expect(await expiry.expire(GROUP, CUTOFF, 100)).toMatchObject({ files: 0 });
    // The oldest event is never later than the last writing of any file.
    expect((await store.describeGroup(GROUP))?.oldestEventAt).toEqual(new Date('2026-08-01T00:00:00Z'));
  });

  it('removes at most as many as it is told, the oldest first, and says that there are more', async () => {
    for (const day of [3, 1, 2]) {
      const at = `2026-08-0${day}T00:00:00Z`;
      await file(`day-${day}.log`, [`${at} x`], at);
    }
    expect(await expiry.expire(GROUP, CUTOFF, 2)).toMatchObject({ files: 2, more: true });
    expect(await left()).toEqual(['day-3.log']);
  });

  it('touches no other files: links, folders, hidden ones, other names', async () => {
    const old = new Date('2026-01-01T00:00:00Z');
    const target = path.join(outside, 'elsewhere.log');
    await writeFile(target, '2026-01-01T00:00:00Z x');
    await utimes(target, old, old);
    await symlink(target, inGroup('link.log'));
    await mkdir(inGroup('folder.log'));
    await file('.hidden.log', ['2026-01-01T00:00:00Z x'], '2026-01-01T00:00:00Z');
    await file('data.db', ['2026-01-01T00:00:00Z x'], '2026-01-01T00:00:00Z');
    await store.setRetention(GROUP, 30);
    await utimes(inGroup(POLICY_FILE), old, old);
    const before = await left();
    expect(await expiry.expire(GROUP, CUTOFF, 100)).toMatchObject({ files: 0, failed: 0 });
    expect(await left()).toEqual(before);
    expect((await lstat(target)).isFile()).toBe(true);
  });

  it('a second name of a file stays, as it is another file to whoever reads it', async () => {
    await file('a.log', ['2026-08-01T00:00:00Z x'], '2026-08-01T00:00:00Z');
    await link(inGroup('a.log'), path.join(outside, 'kept.log'));
    expect(await expiry.expire(GROUP, CUTOFF, 100)).toMatchObject({ files: 1 });
    expect((await lstat(path.join(outside, 'kept.log'))).isFile()).toBe(true);
  });

  it.each(['', '..', '.', '../x', 'a/b', '/etc', '.hidden', 'a\\b', 'x'.repeat(300), 'nul\0'])(
    'leaves the folder for no name: %j',
    async (name) => {
      await expect(store.describeGroup(name)).rejects.toMatchObject({ kind: 'invalid' });
      await expect(store.setRetention(name, 30)).rejects.toMatchObject({ kind: 'invalid' });
      await expect(expiry.expire(name, CUTOFF, 1)).rejects.toMatchObject({ kind: 'invalid' });
    },
  );

  it('follows no link to a group either', async () => {
    await mkdir(path.join(outside, 'other'));
    await symlink(path.join(outside, 'other'), path.join(root, 'challenge-pk-9-production-workers'));
    await expect(store.setRetention('challenge-pk-9-production-workers', 30)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('link'),
    });
    const names: string[] = [];
    for await (const name of store.listGroups('challenge-pk-')) names.push(name);
    expect(names).toEqual([GROUP]);
  });

  it('expires nothing by a policy that cannot be understood, and says which file it is', async () => {
    for (const text of ['', '{"retentionDays":', '{"retentionDays":31}', '{"retentionDays":"30"}']) {
      await writeFile(inGroup(POLICY_FILE), text);
      await expect(store.describeGroup(GROUP)).rejects.toMatchObject({
        kind: 'other',
        message: expect.stringContaining(POLICY_FILE),
      });
    }
    await store.setRetention(GROUP, 30);
    expect(await store.describeGroup(GROUP)).toMatchObject({ retentionDays: 30 });
    expect(await left()).toEqual([POLICY_FILE]);
  });

  it('has no groups where there is no folder', async () => {
    const none = new FolderLogStore({ root: path.join(outside, 'none'), environment: 'production' });
    expect(await none.describeGroup(GROUP)).toBeNull();
    for await (const name of none.listGroups('')) expect.fail(`there is no ${name}`);
  });
});
