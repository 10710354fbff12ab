import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { archiveDue } from '../archive/archive-due';
import type { EventFilterInput } from '../event-filter';
import type { AuditEventRow } from '../event-row';
import { cleanStream } from '../limits/clean-stream';
import { DEFAULT_LIMITS, streamLimits } from '../limits/stream-limits';
import { type AuditEventPage, listAuditEvents, loadAuditEvent } from '../list-events';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { eventProof } from '../verify/event-proof';
import { checkProof } from '../verify/proof';
import { type ToldEvent, tell } from './testing/told-events';

const NOW = '2026-11-21T09:00:00Z';
const SOME = { from: '2026-09-02T10:00:00.000017Z', to: '2026-09-02T10:00:00.000020Z' };
const FILTERS: EventFilterInput[] = [
  {},
  { stream: 'lapse' },
  { stream: 'billing' },
  { stream: 'billing', action: 'pay' },
  { actor: 'ada', from: '2026-09-03T00:00:00Z' },
  { target: 'thing:1', to: '2026-09-04T00:00:00.000002Z' },
  { result: 'error' },
  { result: 'open' },
  SOME,
  { words: 'ada' },
  { words: 'Zürich pay', stream: 'billing' },
];

let w: TierWorld;
let auditor: Context;
/** What the hot tier alone had said, by filter. */
let expected: AuditEventRow[][];
beforeAll(async () => {
  w = await tierWorld(NOW);
  auditor = { ...w.s.as(await w.s.person({ role: 'auditor' })), storage: w.ctx.storage };
  await tell(w, events());
  // What follows closes the last window of those days.
  await w.insert(40, '2026-09-07T10:00:00Z');
  await w.seal(40);
  expected = await Promise.all(FILTERS.map(inPages(200)));
});
afterAll(() => w.close());

/** Five days of two streams, many at one instant; some are pushed long after they happened, and one before. */
function events(): ToldEvent[] {
  const told: ToldEvent[] = [];
  for (let n = 0; n < 320; n += 1) {
    const day = `2026-09-0${1 + Math.floor(n / 64)}`;
    const completed = `${day}T10:00:01.${String(n).padStart(6, '0')}Z`;
    // Four begin together.
    const started = `${day}T10:00:00.${String(n >> 2).padStart(6, '0')}Z`;
    const late = n < 128 && n % 13 === 0;
    told.push({
      ...(n % 3 === 0 && { stream: 'billing' }),
      started: late ? '2026-07-01T00:00:00Z' : n === 200 ? '2026-09-05T23:00:00Z' : started,
      completed,
      action: n % 3 === 0 ? 'pay' : 'job.run',
      actor: n % 5 === 0 ? 'ada' : 'system:j',
      target: n % 4 === 0 ? `thing:${n % 3}` : null,
      newValue: n % 7 === 0 ? '{"city": "Zürich", "n": 1.10}' : null,
      error: n % 11 === 0 ? 'other: no' : null,
    });
  }
  return told;
}

const inPages =
  (limit: number) =>
  async (filter: EventFilterInput): Promise<AuditEventRow[]> =>
    (await pagesOf(filter, limit)).flatMap((page) => page.events);

/** What the work of the tiers itself writes down is left out. */
const old = (filter: EventFilterInput) => ({ to: '2026-09-06T12:00:00Z', ...filter });

async function pagesOf(filter: EventFilterInput, limit: number): Promise<AuditEventPage[]> {
  const pages: AuditEventPage[] = [];
  let cursor: string | null = null;
  do {
    const input = { ...old(filter), limit, ...(cursor ? { cursor } : {}) };
    const page: AuditEventPage = await listAuditEvents(auditor, input);
    expect(page.events.length).toBeLessThanOrEqual(limit);
    expect(page.searched.unreachable).toEqual([]);
    pages.push(page);
    cursor = page.nextCursor;
  } while (cursor);
  return pages;
}

async function sameAsBefore(limit: number): Promise<void> {
  for (const [index, filter] of FILTERS.entries()) {
    for (const size of filter === SOME ? [1, 3, limit] : [limit]) {
      const found = await inPages(size)(filter);
      expect([filter, size, found.map(({ id }) => id)]).toEqual([
        filter,
        size,
        expected[index]?.map(({ id }) => id),
      ]);
      expect(found).toEqual(expected[index]);
    }
  }
}

const left = async () => {
  const [row] = await w.s
    .sql`select count(*)::int as rows from audit_events where time_started < '2026-09-06T12:00:00Z'`;
  return row?.rows;
};

describe.sequential('B5, O6: a search says the same wherever the events lie', () => {
  test('while all of them are in the hot tier', async () => {
    expect(expected[0]).toHaveLength(320);
    expect(expected.map((rows) => rows.length > 0)).toEqual(FILTERS.map(({ result }) => result !== 'open'));
    await sameAsBefore(7);
  });

  test('when they are in archives as well, and then no archive is opened', async () => {
    expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({ failed: [] });
    await sameAsBefore(50);
    const pages = await pagesOf({}, 50);
    expect(pages.flatMap(({ searched }) => searched.archives)).toEqual([]);
    expect(pages.map(({ searched }) => searched.tiers)).toEqual(pages.map(() => ['hot']));
  });

  test('while batches of them leave the hot tier, in another order than that of the pages', async () => {
    for (const maxDeleted of [50, 32]) {
      await pruneArchived(w.ctx, { keys: w.keys, maxDeleted });
      await sameAsBefore(90);
    }
    expect(await left()).toBe(320 - 82);
  });

  test('when the limits of one stream have removed most of it, and the others are still there', async () => {
    const limits = streamLimits.parse({ ...DEFAULT_LIMITS, retentionPeriod: '5000h', maxEntries: 20 });
    await w.s.sql`insert into audit_streams (name, created_at, limits)
      values ('billing', now(), ${JSON.stringify(limits)}::text::jsonb)`;
    const cleaned = await cleanStream(w.ctx, 'billing', { keys: w.keys, trigger: 'schedule' });
    expect(cleaned).toMatchObject({ after: { events: 20 }, alarm: null });
    await sameAsBefore(90);
  });

  test('when they are only in archives', async () => {
    await pruneArchived(w.ctx, { keys: w.keys, ownerUrl: w.database.ownerUrl });
    expect(await left()).toBe(0);
    await sameAsBefore(31);
    const [page] = await pagesOf({ stream: 'billing' }, 200);
    expect(page).toMatchObject({
      floor: null,
      nextCursor: null,
      searched: { tiers: ['hot', 'warm'], backTo: null, isCutShort: false },
    });
    expect(page!.searched.archives.map(({ period }) => period).sort()).toEqual(
      [1, 2, 3, 4, 5].map((day) => `2026-09-0${day}`),
    );
  });
});

test('B5: an archive is opened only while something in it could be on the page', async () => {
  const { searched, nextCursor } = await listAuditEvents(auditor, { to: '2026-09-04T12:00:00Z', limit: 10 });
  expect(searched.archives.map(({ period }) => period)).toEqual(['2026-09-04']);
  expect(searched.backTo).toMatch(/^2026-09-04T10:00:00/);
  expect(nextCursor).not.toBeNull();
  const none = await listAuditEvents(auditor, { to: '2026-09-04T12:00:00Z', stream: 'nobody' });
  expect(none.searched.archives).toEqual([]);
});

test('T5: one event is found in its archive, with its time or without it, and says where it lies', async () => {
  for (const event of [expected[0]![0]!, expected[0]![150]!, expected[0]!.at(-1)!]) {
    const { id, timeStarted } = event;
    const there = { ...event, tier: 'warm', archive: { tier: 'warm', part: 1 } };
    expect(await loadAuditEvent(auditor, { id, timeStarted })).toMatchObject(there);
    expect(await loadAuditEvent(auditor, { id })).toMatchObject(there);
  }
  const { id, timeStarted } = expected[0]![5]!;
  for (const wrong of [
    { id: '019c0000-0000-7000-8000-000000000000' },
    { id, timeStarted: timeStarted.replace(/.Z$/, '9Z') },
  ]) {
    await expect(loadAuditEvent(auditor, wrong)).rejects.toMatchObject({ code: 'not_found' });
  }
});

test('B4: an archived event has the proof that it had before', async () => {
  for (const { id, timeStarted } of [expected[0]![0]!, expected[0]![77]!, expected[0]!.at(-1)!]) {
    const proof = await eventProof(auditor, { id, timeStarted });
    expect(checkProof(JSON.parse(JSON.stringify(proof)))).toMatchObject({
      holds: true,
      event: { id, timeStarted },
      keyId: w.keys.current.id,
    });
    expect(await eventProof(auditor, { id })).toEqual(proof);
  }
});

test('B4: an archived event has no proof that does not lead to what was signed', async () => {
  const { id, timeStarted } = expected[0]![77]!;
  await w.tamper('update audit_segments set statement_sequence = statement_sequence + 100');
  await expect(eventProof(auditor, { id, timeStarted })).rejects.toMatchObject({ code: 'conflict' });
  await w.tamper('update audit_segments set statement_sequence = statement_sequence - 100');
  expect(await eventProof(auditor, { id, timeStarted })).toMatchObject({ event: { id } });
});

test('L8: archives are for those who read the log', async () => {
  const host = w.s.as(await w.s.person());
  await expect(listAuditEvents(host)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(loadAuditEvent(host, { id: expected[0]![0]!.id })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('O6: what has expired is gone, and the search says from when on there is everything', async () => {
  const set = (state: string) =>
    w.tamper(`update audit_archives set state = '${state}' where period = '2026-09-01'`);
  await set('expired');
  const [page] = await pagesOf({}, 200);
  expect(page?.events.every(({ timeCompleted }) => timeCompleted && timeCompleted > '2026-09-02')).toBe(true);
  expect(page?.floor).toEqual({ from: expect.stringMatching(/^2026-09-0[12]T/), streams: [] });
  const later = await listAuditEvents(auditor, { from: '2026-09-03T00:00:00Z', stream: 'lapse' });
  expect(later.floor).toBeNull();
  await set('verified');
  expect((await pagesOf({}, 200))[0]?.floor).toBeNull();
});

test('O6: a cursor that somebody wrote in another zone means the same in archives', async () => {
  const from = async (at: string) => {
    const cursor = Buffer.from(JSON.stringify([at, '019C0000-0000-7000-8000-000000000001'])).toString(
      'base64url',
    );
    return listAuditEvents(auditor, { ...old({}), cursor });
  };
  const page = await from('2026-09-03T12:00:00.000040+02:00');
  expect(page.searched.unreachable).toEqual([]);
  expect(page.searched.archives).not.toEqual([]);
  expect(page.events).toEqual((await from('2026-09-03T10:00:00.000040Z')).events);
});
