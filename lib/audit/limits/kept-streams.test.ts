import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archiveDue } from '../archive/archive-due';
import { pruneWithoutArchive } from '../prune/prune-hot';
import { cleanDueStreams, cleanedWords } from './clean-due-streams';
import { heldStreams, keptByHold } from './kept-by-hold';
import { placeStreamHold, releaseStreamHold } from './stream-holds';
import { HOUR, type LimitsWorld, limitsWorld } from './testing/limits-world';

let w: LimitsWorld;
beforeEach(async () => {
  w = await limitsWorld('2026-11-10T09:00:00Z');
});
afterEach(() => w.close());

const texts = (count: number) => Array.from({ length: count }, (_, place) => `event ${place}`);
const alarm = () => w.one<string | null>("select alarm from audit_streams where name = 'app'");
const prunes = () => w.one<number>('select count(*)::int from audit_prunes');
const hold = (stream = 'app') =>
  placeStreamHold(w.admin, { stream, matter: 'Case 7', reason: 'The court asks for it' });
const release = (holdId: string, stream = 'app') =>
  releaseStreamHold(w.admin, { stream, holdId, reason: 'It is over' });

describe('M5, L5: with archives', () => {
  beforeEach(() => w.policy({ archive: true }));

  test('what is not archived yet stays, with an alarm, which ends by itself', async () => {
    await w.push(texts(6));
    await w.limit({ maxEntries: 2 });
    expect(await w.clean()).toMatchObject({ removed: { events: 0 } });
    expect(await alarm()).toMatch(/in no verified archive yet/);
    expect(await prunes()).toBe(0);
    const done = await cleanDueStreams(w.ctx, { keys: w.keys });
    expect(cleanedWords(done)).toMatch(
      /“app” is not within its limits\. What its limits would remove is in no/,
    );
    await w.archiveAll();
    expect(await w.clean()).toMatchObject({ removed: { events: 4 }, alarm: null });
    expect(await alarm()).toBeNull();
    expect(await w.one('select copies from audit_prunes')).toBe('archived');
    expect((await w.verify()).problems).toEqual([]);
  });

  test('only what is archived goes, and the alarm tells of the rest', async () => {
    await w.push(texts(6));
    await w.archiveAll();
    await w.push(['new', 'new', 'new']);
    await w.limit({ maxEntries: 1 });
    expect(await w.clean()).toMatchObject({ removed: { events: 6 }, after: { events: 3 } });
    expect(await w.left()).toEqual(['new', 'new', 'new']);
    expect(await alarm()).toMatch(/in no verified archive yet/);
  });

  test('an append beyond the threshold removes nothing that has no copy, and is stored', async () => {
    await w.push(['a']);
    await w.limit({ maxSizeBytes: 1500 });
    await w.push(texts(9));
    expect(await w.left()).toHaveLength(10);
    expect(await alarm()).toMatch(/in no verified archive yet/);
  });

  test('a row that is in no archive, though its time is, stops the cut there', async () => {
    await w.push(texts(4));
    await w.archiveAll();
    await w.limit({ maxEntries: 1 });
    await w.tamper("update audit_events set reason = 'forged' where stream = 'app' and reason = 'event 0'");
    const order = await w.left();
    const done = await w.clean();
    expect(done.removed.events).toBe(Math.min(order.indexOf('forged'), 3));
    expect(await w.left()).toContain('forged');
    if (order.indexOf('forged') < 3)
      expect(await alarm()).toMatch(/is in no archive, though its time is archived/);
  });

  test('an archive that the storage has lost is no copy', async () => {
    await w.push(texts(4));
    await w.archiveAll();
    await w.limit({ maxEntries: 1 });
    for (const file of await readdir(w.objects, { recursive: true })) {
      if (file.endsWith('.parquet')) await rm(path.join(w.objects, file));
    }
    expect(await w.clean()).toMatchObject({ removed: { events: 0 } });
    expect(await alarm()).toMatch(/not in .* any more\. What its limits would remove stays/);
    expect(await w.left()).toHaveLength(4);
  });

  test('the database itself permits no cut of what is not archived', async () => {
    await w.push(texts(4));
    await w.seal();
    const permit = (values: string) =>
      w.database.owner.sql.unsafe(`insert into audit_prunes
        (id, statement_sequence, stream, until, until_id, since, copies, created_at)
        values (gen_random_uuid(), 1, ${values}, now())`);
    await w.archiveAll();
    await w.push(texts(1));
    await w.seal();
    const [{ at }] = (await w.database.sql`
      select audit_encoded_time(max(window_end)) as at from audit_segments`) as unknown as [{ at: string }];
    // An id at the end of the archived time would reach one microsecond beyond it.
    await expect(permit(`'app', '${at}', null, '2026-11-01', 'archived'`)).rejects.toThrow(/no statement/);
    await expect(
      permit(`'app', '${at}', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '2026-11-01', 'archived'`),
    ).rejects.toThrow(/not all events before/);
    await expect(permit(`'lapse', '2026-11-02', null, '2026-11-01', 'final'`)).rejects.toThrow(
      /Lapse itself/,
    );
  });
});

describe('M5, L3: holds', () => {
  test('nothing of a held stream goes by its limits, with an alarm, until every hold is released', async () => {
    await w.push(texts(6));
    await w.limit({ maxEntries: 2, maxSizeBytes: 1500 });
    const { holdId } = await hold();
    const second = await hold();
    await w.push(['more']);
    expect(await w.clean()).toMatchObject({ removed: { events: 0 } });
    expect(await w.left()).toHaveLength(7);
    expect(await alarm()).toBe(
      'Held for “Case 7” and 1 more: what its limits would remove stays until every hold is released.',
    );
    await release(holdId);
    expect(await w.clean()).toMatchObject({ removed: { events: 0 } });
    await release(second.holdId);
    expect(await keptByHold(w.ctx.db, 'app')).toBeNull();
    expect(await w.clean()).toMatchObject({ removed: { events: 5 } });
    expect(await alarm()).toBeNull();
  });

  test('nor by the prune of the tier where there is no archive; other streams go', async () => {
    await w.push(texts(3));
    await w.push(texts(3), 'other');
    await hold();
    // The week of these events is over, so that its partition could be dropped.
    w.later(10 * 24 * HOUR);
    await w.push(texts(1), 'other');
    w.later(HOUR);
    await w.seal();
    w.later(100 * 24 * HOUR);
    const prune = () => pruneWithoutArchive(w.ctx, { keys: w.keys, ownerUrl: w.database.ownerUrl });
    expect(await prune()).toMatchObject({ error: null });
    expect(await w.left()).toHaveLength(3);
    expect(await w.left('other')).toHaveLength(0);
    // Nothing was done, so nothing more is on record.
    const events = () => w.one<number>("select count(*)::int from audit_events where action = 'audit.prune'");
    const before = await events();
    await prune();
    expect(await events()).toBe(before);
    expect((await w.verify()).problems).toEqual([]);
  });

  test('the database itself removes nothing that is held and not archived, and permits no cut of it', async () => {
    await w.push(texts(3));
    await w.limit({ maxEntries: 2 });
    await w.clean();
    await hold();
    await w.tamper(`insert into audit_prunes (id, statement_sequence, until, copies, created_at)
      values (gen_random_uuid(), 1, '2026-12-01', 'final', now())`);
    await expect(w.database.owner.sql`delete from audit_events where stream = 'app'`).rejects.toThrow(
      /a hold keeps events/,
    );
    await expect(
      w.database.owner
        .sql`insert into audit_prunes (id, statement_sequence, stream, since, until, copies, created_at)
        values (gen_random_uuid(), 1, 'app', '2026-11-01', '2026-12-01', 'final', now())`,
    ).rejects.toThrow(/a hold keeps the events of app/);
  });

  test('with archives the tier goes on: the copy stays', async () => {
    await w.policy({ archive: true });
    await w.push(texts(3));
    await hold();
    await w.archiveAll();
    await w.limit({ maxEntries: 1 });
    // Limits leave it all the same.
    expect(await w.clean()).toMatchObject({ removed: { events: 0 } });
    expect(await heldStreams(w.ctx.db)).toEqual(['app']);
    await archiveDue(w.ctx, { folder: w.folder });
    await w.tamper(`insert into audit_prunes (id, statement_sequence, until, copies, created_at)
      select gen_random_uuid(), 1, max(window_end), 'archived', now() from audit_segments where archive_id is not null`);
    await expect(w.database.owner.sql`delete from audit_events where stream = 'app'`).resolves.toBeDefined();
  });

  test('L8: a hold is an event, is released once, and is not changed or removed by anybody', async () => {
    await w.push(['a']);
    const { holdId } = await hold();
    await expect(hold('nowhere')).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      placeStreamHold(w.s.as(await w.s.person({ role: 'auditor' })), {
        stream: 'app',
        matter: 'm',
        reason: 'r',
      }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await release(holdId);
    await expect(release(holdId)).rejects.toMatchObject({ code: 'conflict' });
    const events = await w.database.sql`
      select action, result, reason from audit_events where action like 'audit-hold.%' order by time_started, id`;
    expect(events.map(({ action, result }) => `${action} ${result}`)).toEqual([
      'audit-hold.place success',
      'audit-hold.place error',
      'audit-hold.place error',
      'audit-hold.release success',
      'audit-hold.release error',
    ]);
    const { sql } = w.database.owner;
    await expect(sql`update audit_stream_holds set matter = 'x'`).rejects.toThrow(/released once/);
    await expect(
      sql`update audit_stream_holds set released_at = null, released_by_actor = null, release_reason = null`,
    ).rejects.toThrow(/released once/);
    await expect(sql`delete from audit_stream_holds`).rejects.toThrow();
    await expect(w.database.sql`update audit_stream_holds set matter = 'x'`).rejects.toThrow(
      /permission denied/,
    );
  });
});

describe('B4: a cut can be told from tampering', () => {
  test('what was cut is lawful event for event; whatever else is missing is found', async () => {
    await w.push(texts(6));
    await w.push(texts(6), 'other');
    w.later(HOUR);
    await w.seal();
    await w.limit({ maxEntries: 2 });
    await w.clean();
    expect(await w.verify()).toMatchObject({ problems: [], pruned: 4 });
    // Within the time of the cut, and of the same stream: still not what was cut.
    await w.tamper(
      "delete from audit_events where id = (select id from audit_events where stream = 'app' limit 1)",
    );
    expect((await w.verify()).problems).toMatchObject([
      { kind: 'missing', words: expect.stringMatching(/^1 sealed event/) },
    ]);
    await w.tamper("delete from audit_events where stream = 'other'");
    expect((await w.verify()).problems).toMatchObject([
      { kind: 'missing', words: expect.stringMatching(/^7 sealed event/) },
    ]);
  });

  test('a list of what was cut that is not the one that was signed explains nothing', async () => {
    await w.push(texts(3));
    w.later(HOUR);
    await w.seal();
    await w.limit({ maxEntries: 2 });
    await w.clean();
    await w.tamper("delete from audit_events where stream = 'app'");
    await w.tamper('update audit_prunes set leaves = (select leaves from audit_segments limit 1)');
    expect((await w.verify()).problems).toMatchObject([{ kind: 'missing' }]);
    await expect(w.database.sql`update audit_prunes set leaves = '\\x00'`).rejects.toThrow(/not changed/);
    await expect(w.database.sql`update audit_prunes set until = now()`).rejects.toThrow(/permission denied/);
  });

  test('what was cut before it was sealed is in the statement, and the seal of the rest holds', async () => {
    await w.push(texts(5));
    await w.limit({ maxEntries: 2 });
    await w.clean();
    w.later(HOUR);
    await w.seal();
    expect(await w.verify()).toMatchObject({ problems: [], pruned: 0 });
    const body = JSON.parse(await w.one<string>("select body from audit_statements where kind = 'prune'"));
    expect(body).toMatchObject({
      stream: 'app',
      events: 3,
      copies: 'final',
      cut: { bytes: expect.any(Number) },
    });
  });

  test('once a prune of all streams covers the time, the list of what was cut goes', async () => {
    await w.push(texts(3));
    w.later(HOUR);
    await w.seal();
    await w.limit({ maxEntries: 1 });
    await w.clean();
    expect(await w.one('select count(*)::int from audit_prunes where leaves is not null')).toBe(1);
    w.later(100 * 24 * HOUR);
    await pruneWithoutArchive(w.ctx, { keys: w.keys });
    expect(await w.one('select count(*)::int from audit_prunes where leaves is not null')).toBe(0);
    expect((await w.verify()).problems).toEqual([]);
  });
});
