import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveDue } from '@/lib/audit/archive/archive-due';
import { type TierWorld, tierWorld } from '@/lib/audit/testing/tier-world';
import { runLapse } from './testing/run-lapse';

let w: TierWorld;
beforeAll(async () => {
  w = await tierWorld('2026-10-20T09:00:00Z');
  await w.insert(40, '2026-08-10T10:00:00Z');
  await w.insert(1, '2026-10-18T08:00:00Z');
  await w.seal();
  await archiveDue(w.ctx, { folder: w.folder });
});
afterAll(() => w.close());

const dataDir = () => path.dirname(w.objects);
const lapse = (...args: string[]) => runLapse(args, { databaseUrl: w.database.url, dataDir: dataDir() });

describe('lapse audit restore', () => {
  it('T3: writes a day to a folder, and says what went wrong with the right exit code', async () => {
    const folder = path.join(dataDir(), 'restored');
    const done = await lapse('audit', 'restore', folder, '--day', '2026-08-10', '--json');
    expect(done).toMatchObject({ code: 0 });
    const [{ file, events }] = JSON.parse(done.stdout);
    expect(events).toBe(40);
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(40);
    expect(await lapse('audit', 'restore', folder, '--day', '2026-08-10')).toMatchObject({ code: 3 });
    expect(await lapse('audit', 'restore', folder, '--day', '2026-08-09')).toMatchObject({ code: 4 });
    expect(await lapse('audit', 'restore', folder)).toMatchObject({ code: 2 });
    expect(await lapse('audit', 'restore', folder, '--day', 'yesterday')).toMatchObject({ code: 2 });
  });
});

describe('lapse audit verify FOLDER', () => {
  it('B4: checks archives without database and server, and ends with 5 when one is not what was sealed', async () => {
    const folder = path.join(w.objects, 'audit/warm');
    const offline = (...args: string[]) =>
      runLapse(['audit', 'verify', folder, ...args], {
        databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
        dataDir: '/nonexistent',
      });
    const whole = await offline('--key', w.keys.current.id);
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    expect(whole.stdout).toMatch(/41 events in 2 archives: all as they were sealed/);
    expect((await offline('--key', '0123456789abcdef')).code).toBe(5);
    await rm(path.join(folder, '2026/08/10.1.parquet'));
    const broken = await offline('--json');
    expect(broken.code).toBe(5);
    expect(JSON.parse(broken.stdout).problems).toMatchObject([{ kind: 'missing' }]);
  });
});
