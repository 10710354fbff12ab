import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '@/lib/platform/ids';
import { pruneArchived } from '../prune/prune-hot';
import { sealEvents } from '../seal/seal-events';
import { makeSigningKey, readSigningKey } from '../seal/signing-key';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifyFolder } from '../verify/verify-folder';
import { archiveDue } from './archive-due';
import { compactDue } from './compact-due';
import { removeDue } from './remove-due';
import { restoreArchive } from './restore';

const NOW = '2026-10-20T09:00:00Z';

let w: TierWorld;
let out: string;
beforeEach(async () => {
  w = await tierWorld(NOW);
  out = await mkdtemp(path.join(os.tmpdir(), 'lapse-restored-'));
});
afterEach(async () => {
  await w.close();
  await rm(out, { recursive: true, force: true });
});

const archive = () => archiveDue(w.ctx, { folder: w.folder });
const reader = () => ({ ...w.s.as({ type: 'cli', osUser: 'root' }), storage: w.ctx.storage });
const restore = (period: string, format: 'ndjson' | 'parquet' = 'ndjson') =>
  restoreArchive(reader(), { what: { day: period }, folder: out, format });
const linesOf = async (file: string) =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** The columns of the table as they are stored, as text that keeps each byte. */
const stored = async () => {
  const rows = await w.database.sql.unsafe(`
    select stream, id::text, audit_encoded_time(time_started) as time_started, audit_encoded_time(time_completed) as time_completed,
      result::text, action, actor, actor_details::text, target, old_value::text, new_value::text, reason, error
    from audit_events where stream <> 'lapse' order by time_completed, id`);
  return rows.map((row) => ({ ...row }));
};

/** Recorded CloudTrail events, some of them with what files like to break. */
async function loadCloudTrail(completed: string): Promise<void> {
  const lines = (await readFile('lib/audit/testing/cloudtrail.ndjson', 'utf8')).trimEnd().split('\n');
  const odd = [
    '',
    ' ',
    'NULL',
    '\\N',
    '"',
    "'",
    ',',
    '\n',
    '\r\n',
    'a\tb',
    '\u0001',
    '\u0002',
    '\u0001\u0002\n',
    '\u2028',
    '😀é',
    '\\',
  ];
  await w.database
    .sql`insert into audit_streams (name, created_at) values ('cloudtrail', now()) on conflict do nothing`;
  for (const [index, line] of lines.entries()) {
    const event = JSON.parse(line);
    await w.database.sql`insert into audit_events
      (id, stream, time_started, time_completed, result, action, actor, actor_details, target, old_value, new_value, reason, error)
      values (${newId()}, 'cloudtrail', ${completed}::timestamptz - interval '1 day' + ${index} * interval '1 microsecond',
        ${completed}::timestamptz + ${index} * interval '1 microsecond', ${event.errorCode ? 'error' : 'success'}::audit_result,
        ${event.eventName}, ${event.userIdentity?.arn ?? ''}, ${JSON.stringify(event.userIdentity ?? {})}::text::jsonb,
        ${odd[index % odd.length] ?? null}, ${index % 3 === 0 ? null : JSON.stringify(event.requestParameters ?? null)}::text::jsonb,
        ${line}::text::jsonb, ${index % 2 === 0 ? null : (odd[(index * 7) % odd.length] ?? null)}, ${event.errorMessage ?? null})`;
  }
}

describe('restoring', () => {
  test('T3: recorded events come back byte for byte after they have left the hot tier', async () => {
    await loadCloudTrail('2026-08-10T10:00:00.000007Z');
    await w.insert(1, '2026-10-19T08:00:00Z');
    await w.seal(15);
    const before = await stored();
    expect(before.length).toBeGreaterThan(30);
    await archive();
    await pruneArchived(w.ctx, { keys: w.keys, ownerUrl: w.database.ownerUrl });
    expect((await stored()).length).toBeLessThan(before.length);
    const files = await restore('2026-08-10');
    const lines = await linesOf(files[0]!.file);
    const events = lines.flatMap(({ segment: _, leaf: __, ...event }) =>
      event.stream === 'cloudtrail' ? [event] : [],
    );
    expect(events).toEqual(before);
    expect(events.some(({ old_value }) => old_value === null)).toBe(true);
    expect(events.some(({ old_value }) => old_value === 'null')).toBe(true);
    expect(events.some(({ target }) => target === '')).toBe(true);
  });

  test('T3: no file is overwritten, an archive that is not there is told, and an altered one is not restored', async () => {
    await w.insert(40, '2026-08-10T10:00:00Z');
    await w.insert(1, '2026-10-19T08:00:00Z');
    await w.seal();
    await archive();
    await restore('2026-08-10');
    await expect(restore('2026-08-10')).rejects.toMatchObject({ code: 'conflict' });
    await expect(restore('2026-08-09')).rejects.toMatchObject({ code: 'not_found' });
    const object = path.join(w.objects, 'audit/warm/2026/08/10.1.parquet');
    const bytes = await readFile(object);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(object, bytes);
    await rm(path.join(out, 'warm-2026-08-10.1.ndjson'));
    await expect(restore('2026-08-10')).rejects.toMatchObject({ code: 'unavailable', message: /SHA-256/ });
    expect(await readdir(out)).toEqual([]);
  });

  test('T3: what is compacted and removed while it is restored is restored from where it is now', async () => {
    for (const day of ['10', '11', '12']) await w.insert(20, `2026-08-${day}T10:00:00Z`);
    await w.insert(1, '2026-10-19T08:00:00Z');
    await w.seal();
    await archive();
    const key = 'audit/warm/2026/08/11.1.parquet';
    let isDone = false;
    const storage = new Proxy(w.ctx.storage, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (name !== 'get') return typeof value === 'function' ? value.bind(target) : value;
        return async (asked: string) => {
          if (asked === key && !isDone) {
            isDone = true;
            await compactDue(w.ctx, { warmDays: 0, folder: w.folder });
            await removeDue(w.ctx);
          }
          return target.get(asked);
        };
      },
    });
    const month = { what: { month: '2026-08-01' }, folder: out, format: 'parquet' } as const;
    const files = await restoreArchive({ ...reader(), storage }, month);
    expect([isDone, files.length]).toEqual([true, 1]);
    expect((await readdir(out)).sort()).toEqual(['cold-2026-08.1.manifest.json', 'cold-2026-08.1.parquet']);
    expect(await verifyFolder(out)).toMatchObject({ problems: [], events: files[0]!.events });
  });

  test('L8: who may not read the log restores nothing; a restoration is an event', async () => {
    await w.insert(40, '2026-08-10T10:00:00Z');
    await w.insert(1, '2026-10-19T08:00:00Z');
    await w.seal();
    await archive();
    const host = await w.s.person();
    await expect(
      restoreArchive(w.s.as(host), { what: { day: '2026-08-10' }, folder: out, format: 'ndjson' }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await restore('2026-08-10');
    const events = await w.s.sql`select result, target from audit_events where action = 'audit.restore'`;
    expect(events).toMatchObject([{ result: 'success', target: 'audit-archive:2026-08-10' }]);
  });
});

describe('verifying a folder', () => {
  const warm = (name = '') => path.join(w.objects, 'audit/warm/2026', name);
  const alter = async (name: string, change: (text: string) => string) => {
    const file = warm(name);
    await writeFile(file, change(await readFile(file, 'utf8')));
  };
  const words = async () => (await verifyFolder(warm())).problems.map((problem) => problem.words).join('\n');

  /** Four days, a prune and another key before the last of them. */
  async function three() {
    await w.insert(40, '2026-08-10T10:00:00Z');
    await w.insert(40, '2026-08-11T10:00:00Z');
    await w.insert(1, '2026-10-18T08:00:00Z');
    await w.seal();
    await archive();
    await pruneArchived(w.ctx, { keys: w.keys });
    w.s.clock.set('2026-10-22T09:00:00Z');
    await w.insert(5, '2026-10-21T10:00:00Z');
    const next = { current: readSigningKey(makeSigningKey()), previous: w.keys.current };
    await sealEvents(w.ctx, { keys: next, eventsPerSegment: 20 });
    await archive();
    return next;
  }

  test('B4: says that all is as it was sealed, without any database', async () => {
    await three();
    const done = await verifyFolder(warm(), { expectedKey: w.keys.current.id });
    expect(done.problems).toEqual([]);
    expect(done).toMatchObject({ archives: 5, keys: [{ isEndorsed: false }, { isEndorsed: true }] });
    expect(done.statements?.first).toBe(2);
  });

  test('B4: what was restored as Parquet is verified as well', async () => {
    await three();
    await restore('2026-08-11', 'parquet');
    expect(await verifyFolder(out)).toMatchObject({ archives: 1, problems: [] });
  });

  test('B4: an archive that is missing between others, an object that is gone, and one that is another', async () => {
    await three();
    await rm(warm('08/11.1.manifest.json'));
    expect(await words()).toMatch(
      /Segments 3 to 4 lie in no archive[\s\S]*|Statements \d+ to \d+ are in no archive/,
    );
    await copyFile(warm('08/11.1.parquet'), warm('08/10.1.parquet'));
    expect(await words()).toMatch(/10\.1\.parquet: The (object has|SHA-256)/);
    await rm(warm('08/10.1.parquet'));
    expect(await words()).toMatch(
      /10\.1\.parquet, which 08\/10\.1\.manifest\.json describes, is not in the folder/,
    );
  });

  test('B4: a checkpoint, a root or a number that was altered', async () => {
    await three();
    await alter('08/10.1.manifest.json', (text) => text.replace('"events": 20', '"events": 19'));
    expect(await words()).toMatch(/Segment 1 is not what its checkpoint says/);
  });

  test('B4: a statement that was written anew', async () => {
    await three();
    await alter('08/10.1.manifest.json', (text) => text.replace('\\"events\\":20', '\\"events\\":19'));
    expect(await words()).toMatch(/Statement 2 is not signed by the key in force/);
  });

  test.each([
    ['"period": "2026-08-10"', '"period": "2026-08-12"', /2026-08-12, and its windows are of another time/],
    ['"tier": "warm"', '"tier": "cold"', /cold and 2026-08-10, and its windows are of another time/],
    ['"first": "2026-08-10', '"first": "2026-07-10', /its events began at other times/],
    ['"lapse"', '"another"', /other streams than its events have/],
  ])('B4: a label that was altered: %s', async (before, after, finding) => {
    await three();
    await alter('08/10.1.manifest.json', (text) => text.replace(before, after));
    expect(await words()).toMatch(finding);
  });

  test('B4: another first key than the one that was noted down', async () => {
    await three();
    const { problems } = await verifyFolder(warm(), { expectedKey: '0123456789abcdef' });
    expect(problems).toMatchObject([{ kind: 'key' }]);
  });

  test('a folder without archives is told', async () => {
    await expect(verifyFolder(out)).rejects.toMatchObject({ code: 'invalid' });
    await expect(verifyFolder(path.join(out, 'none'))).rejects.toMatchObject({ code: 'invalid' });
  });
});
