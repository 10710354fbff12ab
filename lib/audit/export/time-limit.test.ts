import { afterAll, beforeAll, expect, test } from 'vitest';
import { markTimeouts } from '../maintain';
import { exportAuditLog } from './export-audit-log';
import { type ExportWorld, exportWorld } from './testing/export-world';

let w: ExportWorld;
beforeAll(async () => {
  w = await exportWorld('2026-10-20T09:00:00Z');
  await w.insert(30, '2026-10-18T08:00:00Z');
  await w.insert(1, '2026-10-20T08:00:00Z');
  await w.sealAll();
});
afterAll(() => w.close());

const WINDOW = { recordedFrom: '2026-10-18T00:00:00Z', recordedTo: '2026-10-18T12:00:00Z' };
const HOUR = 3_600_000;
const later = (ms: number) => w.s.clock.set(new Date(w.s.clock.now().getTime() + ms));

const FORMATS = ['csv', 'ndjson', 'parquet'] as const;

/** An export that has taken so long when it reads its first events, and another hour for its last piece. */
async function slowly(format: (typeof FORMATS)[number], ms: number) {
  const onOpen = () => later(ms);
  const write = async () => later(HOUR);
  const [done] = await Promise.allSettled([
    exportAuditLog(w.auditor, { ...WINDOW, format }, { write, onOpen }),
  ]);
  expect(await markTimeouts(w.ctx)).toBe(0);
  return { done, event: await w.lastEvent() };
}

test('O1, O2: an export that takes too long ends by itself, before its event would be marked, and says what to do', async () => {
  for (const format of FORMATS) {
    const { done, event } = await slowly(format, 3 * HOUR + 1);
    expect(done).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(event).toMatchObject({
      result: 'error',
      error: expect.stringMatching(/^unavailable: .* over 3 hours .*: use at most 3 hours.*recorded_from/),
      new_value: { outcome: 'failed', format },
    });
  }
});

test('O1, O2: one that takes as long as it may is whole, and its event says so', async () => {
  for (const format of FORMATS) {
    const { done, event } = await slowly(format, 3 * HOUR);
    expect(done).toMatchObject({ status: 'fulfilled', value: { rows: 30 } });
    expect(event).toMatchObject({ result: 'success', new_value: { outcome: 'complete', rows: 30 } });
  }
});
