import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compactDue } from '../archive/compact-due';
import { removeDue } from '../archive/remove-due';
import { listAuditEvents } from '../list-events';
import type { AuditExportInput } from './export-audit-log';
import { type ExportWorld, exportWorld, filledWorld, idsIn, NDJSON, WINDOW } from './testing/export-world';

let w: ExportWorld;
beforeEach(async () => {
  w = await filledWorld();
});
afterEach(() => w.close());

const idsWhere = async (where: string) => (await w.rows(where)).map(({ id }) => id);

describe('B7: a closed window', () => {
  test('gives the same bytes again, whatever arrives later, late, is archived or pruned', async () => {
    const csv = { format: 'csv', ...WINDOW } as const;
    const before = [(await w.take(NDJSON)).bytes, (await w.take(csv)).bytes];
    expect(idsIn(before[0]!)).toEqual(
      await idsWhere("stream in ('lapse', 'billing') and time_completed < '2026-10-19'"),
    );

    await w.insert(3, '2026-10-20T08:59:00Z');
    // Committed so late that its window is closed; sealed later, as what it is.
    await w.insert(2, '2026-10-18T08:00:00.000500Z');
    await w.insert(2, '2026-08-11T10:00:00.000350Z');
    w.s.clock.set('2026-10-20T09:30:00Z');
    await w.sealAll();
    const after = await w.take(NDJSON);
    expect(after.bytes.equals(before[0]!)).toBe(true);
    expect(after.done).toMatchObject({ rows: 782, lateEvents: 4, floor: null });

    await w.age();
    expect((await idsWhere("time_completed < '2026-09-01'")).length).toBeLessThan(20);
    expect((await w.take(NDJSON)).bytes.equals(before[0]!)).toBe(true);
    expect((await w.take(csv)).bytes.equals(before[1]!)).toBe(true);

    let changes = 0;
    const changing = w.before(async () => {
      if (changes++ > 0) return;
      const { compacted } = await compactDue(w.ctx, { warmDays: 30, folder: w.folder });
      expect(compacted).toHaveLength(1);
      await removeDue(w.ctx, { folder: w.folder });
    });
    expect((await w.take(NDJSON, changing)).bytes.equals(before[0]!)).toBe(true);
    expect(changes).toBeGreaterThan(1);
    expect((await w.take(csv)).bytes.equals(before[1]!)).toBe(true);
  });

  test('is settled event by event: what came late is told, and a row that is not what was sealed stops it', async () => {
    await w.insert(1, '2026-10-18T08:00:00.000500Z');
    await expect(w.take(NDJSON)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/not sealed as it is/),
    });
    await w.sealAll();
    expect((await w.take(NDJSON)).done).toMatchObject({ rows: 782, lateEvents: 1 });
    await w.tamper(
      "update audit_events set actor = 'nobody' where actor = 'system:29' and time_completed > '2026-10-01'",
    );
    await expect(w.take(NDJSON)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('ends where it is asked to, and two that follow each other are one', async () => {
    const at = '2026-08-11T10:00:00.000300Z';
    const whole = await w.take(NDJSON);
    const first = await w.take({ ...NDJSON, recordedTo: at });
    const second = await w.take({ ...NDJSON, recordedFrom: at });
    expect([first.done.rows, second.done.rows]).toEqual([352, 430]);
    expect(Buffer.concat([first.bytes, second.bytes]).equals(whole.bytes)).toBe(true);
    await w.age();
    expect((await w.take({ ...NDJSON, recordedTo: at })).bytes.equals(first.bytes)).toBe(true);
    expect((await w.take({ ...NDJSON, recordedFrom: at })).bytes.equals(second.bytes)).toBe(true);
  });

  test('reaches to an hour before the end of what is sealed, and nothing beyond is given away', async () => {
    const { done } = await w.take({ format: 'ndjson' });
    expect(done).toMatchObject({ recordedTo: '2026-10-20T07:58:00.000000Z', rows: 782 });
    const again = { format: 'ndjson', recordedFrom: done.recordedFrom, recordedTo: done.recordedTo } as const;
    expect((await w.take(again)).done.rows).toBe(782);
    await expect(w.take({ ...NDJSON, recordedTo: '2026-10-20T08:00:00Z' })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(
        /2026-10-20T08:00:00\.000000Z is not allowed: until 2026-10-20T07:58:00\.000000Z/,
      ),
    });
    expect(await w.lastEvent()).toMatchObject({
      result: 'error',
      new_value: { outcome: 'refused', rows: 0 },
    });
    await expect(w.take({ ...NDJSON, recordedFrom: WINDOW.recordedTo })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(w.take({ ...NDJSON, result: 'open' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(w.take({ ...NDJSON, recordedTo: 'yesterday' })).rejects.toMatchObject({ code: 'invalid' });
  });

  test('has nothing to give before anything is sealed', async () => {
    const empty = await exportWorld('2026-10-20T09:00:00Z');
    await empty.insert(3, '2026-10-18T08:00:00Z');
    await expect(empty.take({ format: 'csv' })).rejects.toMatchObject({ code: 'conflict' });
    await empty.close();
  });
});

describe('B7: the filters of the search', () => {
  const FILTERS: Omit<AuditExportInput, 'format'>[] = [
    { stream: 'billing' },
    { from: '2026-08-10T09:59:57.000010Z', to: '2026-08-10T09:59:57.000020Z' },
    { actor: 'system:7' },
    { action: 'hold.place', stream: 'lapse' },
    { target: 'thing:4' },
    { words: 'zoë quoted' },
    { result: 'error' },
    { words: 'nothing-has-this' },
    { from: '2026-10-18T00:00:00Z', to: '2026-10-19T00:00:00Z' },
  ];
  test('mean the same in each tier, and what the search means by them', async () => {
    const hot: string[][] = [];
    for (const filter of FILTERS) hot.push(idsIn((await w.take({ ...NDJSON, ...filter })).bytes));
    for (const [index, filter] of FILTERS.entries()) {
      const { events } = await listAuditEvents(w.auditor, { ...filter, limit: 200 });
      expect([filter, hot[index]!.toSorted()]).toEqual([
        filter,
        events
          .filter(({ action }) => action !== 'audit-log.export')
          .map(({ id }) => id)
          .toSorted(),
      ]);
    }
    expect(hot.map(({ length }) => length)).toEqual([1, 10, 3, 1, 3, 1, 1, 0, 30]);
    await w.age();
    const archived: string[][] = [];
    for (const filter of FILTERS) archived.push(idsIn((await w.take({ ...NDJSON, ...filter })).bytes));
    expect(archived).toEqual(hot);
  });
});
