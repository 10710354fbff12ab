import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Actor, TokenActor, UserActor } from '@/lib/people/actor';
import { CSV_BOM } from '@/lib/platform/export/csv';
import { streamOf } from '@/lib/platform/export/stream-of';
import { readCsv } from '@/lib/platform/export/testing/read-csv';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { permissionsOfScopes, type Scope } from '@/lib/tokens/scopes';
import { readConsentFilters } from './consent-filters';
import { type ConsentExportInput, exportConsentHistory } from './export-consent-history';
import { giveConsent } from './give-consent';
import { fillHistory } from './testing/fill-history';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
let auditor: UserActor;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  host = await s.person();
  auditor = await s.person({ role: 'auditor' });
});

const exportAs = (actor: Actor, args: Partial<ConsentExportInput> = {}) =>
  streamOf((write) => exportConsentHistory(s.as(actor), { format: 'ndjson', ...args }, write).then(() => {}));
const textOf = async (actor: Actor, args: Partial<ConsentExportInput> = {}) =>
  new Response(await exportAs(actor, args)).arrayBuffer().then((bytes) => Buffer.from(bytes).toString());
const rowsOf = async (actor: Actor, args: Partial<ConsentExportInput> = {}) =>
  (await textOf(actor, args))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const tableOf = async (actor: Actor, args: Partial<ConsentExportInput> = {}) =>
  readCsv((await textOf(actor, { ...args, format: 'csv' })).replace(CSV_BOM, ''));

/** What the audit log says of the exports of an actor, newest last. */
const exportsOf = (actor: UserActor) => s.sql`
  select target, result, error, new_value from audit_events
  where action = 'consent-history.export' and actor = ${`user:${actor.personId}`} order by id`;

describe('the file', () => {
  test('B7: NDJSON has the whole record, with microseconds and every character', async () => {
    const challenge = await s.challenge([host], { title: 'Crops, “2026” 🌾' });
    const given = await giveConsent(s.as(host), {
      challengeId: challenge.id,
      channel: 'api',
      notes: '=HYPERLINK("x")\nsecond line\u2028third',
    });
    if (given.outcome !== 'given') throw new Error('not given');
    const [stored] = await s.sql`select * from consent_events where id = ${given.consentEventId}`;
    expect(await rowsOf(auditor, { challengeId: challenge.id })).toEqual([
      {
        sequence: Number(stored!.sequence),
        id: given.consentEventId,
        at: '2026-11-21T09:00:00.000000Z',
        action: 'given',
        challenge_id: challenge.id,
        challenge_title: 'Crops, “2026” 🌾',
        person_id: host.personId,
        person_username: host.username,
        person_name: host.displayName,
        person_email: `${host.username}@example.org`,
        channel: 'api',
        notes: '=HYPERLINK("x")\nsecond line\u2028third',
        policy_version: stored!.policy_version,
        shown_text_sha256: createHash('sha256').update(stored!.shown_text).digest('hex'),
        shown_text: stored!.shown_text,
        shown_figures: stored!.shown_figures,
      },
    ]);
  });

  test('B7: CSV begins with a mark, has the same names, and nothing that a spreadsheet calculates', async () => {
    const challenge = await s.challenge([host], { title: "+cmd|' /C calc'!A0" });
    await fillHistory(database, { challengeId: challenge.id, personId: host.personId, rows: 1 });
    await giveConsent(s.as(host), {
      challengeId: challenge.id,
      channel: 'api',
      notes: 'x;=1+1\n\t@SUM(A1), "quoted" 🌾',
    });
    const text = await textOf(auditor, { format: 'csv', challengeId: challenge.id });
    expect(text.startsWith(CSV_BOM)).toBe(true);
    const [head, first, second] = readCsv(text.replace(CSV_BOM, ''));
    const [document] = await rowsOf(auditor, { challengeId: challenge.id });
    expect([...head!, 'shown_text', 'shown_figures']).toEqual(Object.keys(document));
    const cell = (row: string[] | undefined, name: string) => row?.[head!.indexOf(name)];
    expect(cell(first, 'at')).toBe('2026-01-01T00:00:00.000001Z');
    expect(cell(first, 'notes')).toBe('');
    expect(cell(second, 'challenge_title')).toBe("'+cmd|' /C calc'!A0");
    expect(cell(second, 'notes')).toBe('x;\'=1+1\n\t\'@SUM(A1), "quoted" 🌾');
  });

  test('has exactly the rows that the filters let through, oldest first', async () => {
    const other = await s.person();
    const [one, two] = [await s.challenge([host]), await s.challenge([host, other])];
    const fill = (challengeId: number, personId: number, rows: number, channel: string) =>
      fillHistory(database, { challengeId, personId, rows, channel });
    await fill(one.id, host.personId, 4, 'browser');
    await fill(two.id, host.personId, 2, 'cli');
    await fill(two.id, other.personId, 1200, 'api');
    const found = async (filters: Partial<ConsentExportInput>) => {
      const [rows, table] = [await rowsOf(auditor, filters), await tableOf(auditor, filters)];
      expect(table.slice(1).map((row) => row[1])).toEqual(rows.map((row) => row.id));
      const sequences = rows.map((row) => row.sequence as number);
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
      return rows.length;
    };
    expect(await found({ challengeId: one.id })).toBe(4);
    expect(await found({ challengeId: two.id })).toBe(1202);
    expect(await found({ challengeId: two.id, personId: host.personId })).toBe(2);
    expect(await found({ personId: other.personId, action: 'given' })).toBe(600);
    expect(await found({ personId: other.personId, channel: 'api' })).toBe(1200);
    expect(await found({ personId: other.personId, channel: 'cli' })).toBe(0);
    // One a minute from 1 January 2026 on: the filler's sixty-first is the first of the next hour.
    const from = new Date('2026-01-01T01:00:00Z');
    const to = new Date('2026-01-01T02:00:00Z');
    expect(await found({ personId: other.personId, from, to })).toBe(60);
    expect(await found({ personId: other.personId, from })).toBe(1200 - 60);
  });

  test('L10: a day of the reader has the decisions of that day, also when the clocks change', async () => {
    const challenge = await s.challenge([host]);
    const at = (instants: string[]) =>
      fillHistory(database, { challengeId: challenge.id, personId: host.personId, instants });
    await at(['2026-03-28T22:59:59.999999Z', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59.999999Z']);
    await at(['2026-03-29T22:00:00Z', '2026-11-01T02:29:59.999999Z', '2026-11-01T02:30:00Z']);
    await at(['2026-11-02T03:29:59.999999Z', '2026-11-02T03:30:00Z']);
    const during = async (day: string, zone: string) => {
      const filters = readConsentFilters({ challenge: String(challenge.id), from: day, to: day }, zone);
      return (await rowsOf(auditor, filters)).map((row) => row.at);
    };
    expect(await during('2026-03-29', 'Europe/Berlin')).toEqual([
      '2026-03-28T23:00:00.000000Z',
      '2026-03-29T21:59:59.999999Z',
    ]);
    expect(await during('2026-11-01', 'America/St_Johns')).toEqual([
      '2026-11-01T02:30:00.000000Z',
      '2026-11-02T03:29:59.999999Z',
    ]);
    expect(await during('2026-11-01', 'UTC')).toEqual([
      '2026-11-01T02:29:59.999999Z',
      '2026-11-01T02:30:00.000000Z',
    ]);
  });

  test('does not have what is decided while it is written, and has all of before', async () => {
    const challenge = await s.challenge([host]);
    const fill = (rows: number) =>
      fillHistory(database, { challengeId: challenge.id, personId: host.personId, rows });
    await fill(700);
    const reader = (await exportAs(auditor, { challengeId: challenge.id })).getReader();
    const decoder = new TextDecoder();
    let text = decoder.decode((await reader.read()).value, { stream: true });
    await fill(5);
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      text += decoder.decode(piece.value, { stream: true });
    }
    expect(text.split('\n').filter(Boolean)).toHaveLength(700);
    expect(await rowsOf(auditor, { challengeId: challenge.id })).toHaveLength(705);
  });
});

describe('who may', () => {
  const token = (scopes: Scope[], actsFor: TokenActor['actsFor'] = null): TokenActor => ({
    type: 'token',
    tokenId: newId(),
    name: 'machine',
    permissions: permissionsOfScopes(scopes),
    actsFor,
  });

  test('hosts get their own challenges without addresses, those who read everything all, others nothing', async () => {
    const [mine, foreign] = [await s.challenge([host]), await s.challenge([await s.person()])];
    const denied = await s.person();
    const team = await s.team([[denied, { status: 'Denied', permission: 'Admin' }]]);
    const closed = await s.challenge([], { creatorTeamId: team });
    const reader = await s.person();
    await s.join(mine.creatorTeamId, reader, { status: 'Self', permission: 'Read' });
    for (const { id } of [mine, foreign, closed]) {
      await fillHistory(database, { challengeId: id, personId: host.personId, rows: 1 });
    }
    const theirs = new Set([mine.id, foreign.id, closed.id]);
    const seen = async (actor: Actor) => {
      const rows = await rowsOf(actor);
      const email = rows.some((row) => 'person_email' in row);
      expect((await tableOf(actor))[0]!.includes('person_email')).toBe(email);
      return { challenges: rows.map((row) => row.challenge_id).filter((id) => theirs.has(id)), email };
    };
    const own = { challenges: [mine.id], email: false };
    const all = { challenges: [mine.id, foreign.id, closed.id], email: true };
    const acting = { personId: host.personId, username: host.username };
    expect(await seen(host)).toEqual(own);
    expect(await seen(reader)).toEqual(own);
    expect(await seen(token(['consent:write'], acting))).toEqual(own);
    expect(await seen(auditor)).toEqual(all);
    expect(await seen(await s.person({ role: 'admin' }))).toEqual(all);
    expect(await seen(token(['reports:read']))).toEqual(all);
    expect(await seen({ type: 'cli', osUser: 'root' })).toEqual(all);
    // The table of nobody's challenges has its head all the same.
    expect(await rowsOf(denied)).toEqual([]);
    expect(await tableOf(denied)).toHaveLength(1);

    const refused = { code: 'forbidden' };
    await expect(exportAs(host, { challengeId: foreign.id })).rejects.toMatchObject(refused);
    await expect(exportAs(host, { challengeId: 2_000_000_000 })).rejects.toMatchObject(refused);
    await expect(exportAs({ type: 'anonymous' })).rejects.toMatchObject(refused);
    for (const scopes of [['challenges:read'], ['audit:read'], ['consent:write']] as Scope[][]) {
      await expect(exportAs(token(scopes))).rejects.toMatchObject(refused);
    }
    expect((await exportsOf(host)).at(-2)).toMatchObject({
      target: `challenge:${foreign.id}`,
      result: 'error',
      error: 'forbidden: Only its team may see this challenge.',
      new_value: { rows: 0, outcome: 'refused' },
    });
  });
});

describe('L8: the audit log', () => {
  const MANY = 1100;
  let challengeId: number;
  beforeEach(async () => {
    challengeId = (await s.challenge([host])).id;
    await fillHistory(database, { challengeId, personId: host.personId, rows: MANY });
  });

  test('says the filters, the format and the rows of a complete export', async () => {
    const from = new Date('2026-01-01T00:00:00Z');
    await textOf(auditor, { format: 'csv', challengeId, action: 'given', from });
    expect([...(await exportsOf(auditor))]).toEqual([
      {
        target: `challenge:${challengeId}`,
        result: 'success',
        error: null,
        new_value: {
          format: 'csv',
          filters: { challengeId, action: 'given', from: from.toISOString() },
          rows: MANY / 2,
          outcome: 'complete',
        },
      },
    ]);
  });

  test('says that a reader went away, and nothing is read after that', async () => {
    const reader = (await exportAs(auditor, { challengeId })).getReader();
    await reader.read();
    await reader.cancel();
    const event = await ended(auditor);
    expect(event).toMatchObject({ result: 'error', new_value: { outcome: 'aborted' } });
    expect(event!.error).toBe('conflict: Whoever asked for it stopped reading before the end.');
    expect(event!.new_value.rows).toBeLessThanOrEqual(1000);
  });

  test('says that it failed in the middle, and the file breaks off', async () => {
    const stream = await exportAs(auditor, { challengeId });
    const reader = stream.getReader();
    await reader.read();
    await database.owner.sql`revoke select on consent_events from lapse_app`;
    try {
      const drain = async () => {
        while (!(await reader.read()).done);
      };
      await expect(drain()).rejects.toThrow();
    } finally {
      await database.owner.sql`grant select on consent_events to lapse_app`;
    }
    expect(await ended(auditor)).toMatchObject({
      result: 'error',
      new_value: { outcome: 'failed', rows: expect.any(Number) },
    });
    // What fails before the first byte can be answered properly.
    await database.owner.sql`revoke select on consent_events from lapse_app`;
    try {
      await expect(exportAs(auditor, { challengeId })).rejects.toThrow();
    } finally {
      await database.owner.sql`grant select on consent_events to lapse_app`;
    }
  });

  test('a bad input is no export', async () => {
    await expect(exportAs(auditor, { format: 'xlsx' as 'csv' })).rejects.toThrow('use one of csv, ndjson');
    await expect(exportAs(auditor, { challengeId: 0 })).rejects.toMatchObject({ code: 'invalid' });
    expect(await exportsOf(auditor)).toHaveLength(0);
  });

  /** The last export, once it is completed: the stream ends a moment before that. */
  async function ended(actor: UserActor) {
    return expect
      .poll(async () => (await exportsOf(actor)).at(-1)?.result, { timeout: 10_000 })
      .not.toBeNull()
      .then(async () => (await exportsOf(actor)).at(-1));
  }
});
