import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seedDemo } from '@/db/seed/demo';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { runLapse } from './testing/run-lapse';

let database: TestDatabase;
let dataDir: string;
let storage: FolderStorage;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'lapse-cli-'));
  storage = new FolderStorage(path.join(dataDir, 'objects'));
  await seedDemo({ ownerUrl: database.ownerUrl, storage, now: new Date() });
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

const lapse = (...args: string[]) => runLapse(args, { databaseUrl: database.url, dataDir });

/** A submission of a challenge of the demo. */
async function submissionOf(challengeId: number): Promise<number> {
  const [row] = await database.sql<{ id: number }[]>`
    select s.id::float8 as id from submissions s join challenge_phases p on p.id = s.phase_id
    where p.challenge_id = ${challengeId} order by s.id limit 1`;
  if (!row) throw new Error(`challenge ${challengeId} has no submission`);
  return row.id;
}

// Each command is a process of its own, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

describe('B1: lapse why', () => {
  it('says why a submission is held, what would change it, and as JSON all of it', async () => {
    const id = await submissionOf(13);
    const { code, stdout, stderr } = await lapse('why', 'submission', String(id));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Submission ${id} of challenge 13`);
    expect(stdout).toContain('It stays: a hold is in place.');
    expect(stdout).toMatch(/won {12} a hold is in place/);
    expect(stdout).toMatch(/If (the hold “.*” is|all \d+ holds .* are) released: /);
    const json = await lapse('why', 'submission', String(id), '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ submissionId: id, explanation: { decision: 'held' } });
  });

  it('says how a submission went', async () => {
    const id = await submissionOf(6);
    const { stdout } = await lapse('why', 'submission', String(id));
    expect(stdout).toMatch(/Deleted on .* under policy .* by run [0-9a-f-]{36}, with \d+ receipts?\./);
    expect(stdout).toContain('That was allowed because');
  });

  it('says why logs are kept', async () => {
    const { code, stdout } = await lapse('why', 'logs', '1');
    expect(code).toBe(0);
    expect(stdout).toContain('challenge-pk-1-');
    expect(stdout).toContain('The hosts have not consented, so the logs are kept.');
  });

  it('ends with 2 for a date that is none, and with 4 for what is not there', async () => {
    const id = await submissionOf(13);
    expect(await lapse('why', 'submission', String(id), '--at', 'tomorrow')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"tomorrow" is not allowed: use a day such as 2027-01-31'),
    });
    expect(await lapse('why', 'submission', '999999')).toMatchObject({ code: 4, stdout: '' });
    expect(await lapse('why', 'submission', 'x')).toMatchObject({ code: 2 });
  });
});

describe('B6: lapse reconcile', () => {
  it('ends with 0 while rows and objects agree, and with 5 once they do not, and deletes nothing', async () => {
    // The demo has one object that somebody removed.
    const first = await lapse('reconcile');
    expect(first.code).toBe(5);
    const [, key = '', bytes = ''] = /^ {2}(media\/\S+) .* (\d+) B$/m.exec(first.stdout) ?? [];
    await storage.put(key, new Uint8Array(Number(bytes)));
    const agree = await lapse('reconcile');
    expect(agree).toEqual({ code: 0, stderr: '', stdout: expect.stringContaining('agree') });
    expect(agree.stdout).toMatch(
      /^Rows and objects agree: [\d,]+ rows and [\d,]+ objects \(.*\) were compared\.\n$/,
    );

    await storage.put('media/nobody/knows.txt', new Uint8Array(12));
    const [row] = await database.sql<{ storage_key: string }[]>`
      select a.storage_key from artifacts a join submissions s on s.id = a.submission_id
      join challenge_phases p on p.id = s.phase_id where p.challenge_id = 1 and a.state = 'present' order by a.id limit 1`;
    await storage.delete([row!.storage_key]);
    const differ = await lapse('reconcile');
    expect(differ.code).toBe(5);
    expect(differ.stdout).toContain('1 row names an object that is not there and 1 object has no row, in');
    expect(differ.stdout).toContain('Nothing was deleted.');
    expect(differ.stdout).toContain('  media/nobody/knows.txt  12 B\n');

    const { code, stdout } = await lapse('reconcile', '--json');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(5);
    expect(lines.map(({ type, kind }) => [type, kind])).toEqual([
      ['finding', expect.any(String)],
      ['finding', expect.any(String)],
      ['comparison', undefined],
    ]);
    expect(lines.at(-1)).toMatchObject({
      complete: true,
      counts: { 'missing-object': 1, 'unknown-object': 1 },
    });
  });
});
