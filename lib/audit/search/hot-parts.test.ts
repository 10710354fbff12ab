import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { listAuditEvents, loadAuditEvent } from '../list-events';
import { type DetachablePart, partOfAugust } from '../testing/part-out-of-sight';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { type HotPart, readingHot } from './hot-parts';

let w: TierWorld;
let auditor: Context;
let part: DetachablePart;
let bounds: HotPart;
beforeAll(async () => {
  w = await tierWorld('2026-11-21T09:00:00Z');
  auditor = { ...w.s.as(await w.s.person({ role: 'auditor' })), storage: w.ctx.storage };
  for (const day of ['2026-08-10', '2026-09-10']) await w.insert(3, `${day}T10:00:00Z`);
  part = await partOfAugust(w.database);
  bounds = part.bounds;
});
afterAll(() => w.close());

test('T5: what a cleanup has taken out of sight is told, where a search could have found something of it', async () => {
  const to = '2026-10-01T00:00:00Z';
  const [event] = (await listAuditEvents(auditor, { to: bounds.to })).events;
  const { id, timeStarted } = event!;
  await part.detach();
  const { events, searched } = await listAuditEvents(auditor, { to });
  expect([events.length, searched.leaving]).toEqual([3, [bounds]]);
  for (const elsewhere of [{ from: bounds.to, to }, { to: bounds.from }, { to, limit: 2 }]) {
    expect((await listAuditEvents(auditor, elsewhere)).searched.leaving).toEqual([]);
  }
  for (const place of [{ id, timeStarted }, { id }]) {
    await expect(loadAuditEvent(auditor, place)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/a cleanup is taking away/),
    });
  }
  await expect(loadAuditEvent(auditor, { id, timeStarted: bounds.to })).rejects.toMatchObject({
    code: 'not_found',
  });
  await part.attach();
  const again = await listAuditEvents(auditor, { to });
  expect([again.events.length, again.searched.leaving]).toEqual([6, []]);
  expect(await loadAuditEvent(auditor, { id })).toMatchObject({ id, tier: 'hot' });
});

test('T5: what was out of sight in between only is read again', async () => {
  const counts: number[] = [];
  const { found, detached } = await readingHot(w.ctx.db, async () => {
    if (counts.length === 0) await part.detach();
    const rows = await w.database.sql`select from audit_events where time_started < '2026-09-01'`;
    counts.push(rows.length);
    if (counts.length === 1) await part.attach();
    return rows.length;
  });
  expect([found, detached, counts]).toEqual([3, [], [0, 3]]);
});

test('T5: what is half detached, because a process ended, is out of sight as well', async () => {
  const reader = await w.database.owner.sql.reserve();
  await reader.unsafe('begin isolation level repeatable read');
  await reader.unsafe('select count(*) from audit_events');
  const impatient = await w.database.owner.sql.reserve();
  await impatient.unsafe("set statement_timeout = '300ms'");
  await expect(impatient.unsafe(part.detaching)).rejects.toThrow(/timeout/);
  await impatient.unsafe('reset statement_timeout');
  impatient.release();
  const { events, searched } = await listAuditEvents(auditor, { to: bounds.to });
  expect([events, searched.leaving]).toEqual([[], [bounds]]);
  await reader.unsafe('commit');
  reader.release();
});
