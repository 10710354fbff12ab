import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HotPart } from '../search/hot-parts';
import { type ExportWorld, filledWorld, NDJSON } from './testing/export-world';

const PART = 'audit_events_2026_08_01';

let w: ExportWorld;
let bounds: HotPart;
beforeAll(async () => {
  w = await filledWorld();
  const [row] = await w.database.sql<HotPart[]>`
    select audit_encoded_time(lower) as "from", audit_encoded_time(upper) as "to" from audit_partitions where name = ${PART}`;
  bounds = { ...row! };
});
afterAll(() => w.close());

const run = (statement: string) => w.database.owner.sql.unsafe(statement);
const detach = () => run(`alter table audit_events detach partition ${PART} concurrently`);
const attach = () =>
  run(
    `alter table audit_events attach partition ${PART} for values from ('${bounds.from}') to ('${bounds.to}')`,
  );

test('B7: no event is left out while a cleanup has a part of the hot tier out of sight: the export says so and fails', async () => {
  const whole = await w.take(NDJSON);
  const elsewhere = { ...NDJSON, from: bounds.to };
  const later = await w.take(elsewhere);
  expect([whole.done.rows, later.done.rows]).toEqual([782, 30]);
  await detach();
  await expect(w.take(NDJSON)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/a part of the log in which events of this window may be/),
  });
  expect(await w.lastEvent()).toMatchObject({ result: 'error' });
  // What cannot lie in that part is exported.
  expect((await w.take(elsewhere)).bytes.equals(later.bytes)).toBe(true);
  await attach();
  expect((await w.take(NDJSON)).bytes.equals(whole.bytes)).toBe(true);

  // Nor does it matter once archives have all of it.
  await w.age();
  await detach();
  expect((await w.take(NDJSON)).bytes.equals(whole.bytes)).toBe(true);
  await attach();
});
