import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DetachablePart, partOfAugust } from '../testing/part-out-of-sight';
import { type ExportWorld, filledWorld, NDJSON } from './testing/export-world';

let w: ExportWorld;
let part: DetachablePart;
beforeAll(async () => {
  w = await filledWorld();
  part = await partOfAugust(w.database);
});
afterAll(() => w.close());

test('B7: no event is left out while a cleanup has a part of the hot tier out of sight: the export says so and fails', async () => {
  const whole = await w.take(NDJSON);
  const elsewhere = { ...NDJSON, from: part.bounds.to };
  const later = await w.take(elsewhere);
  expect([whole.done.rows, later.done.rows]).toEqual([782, 30]);
  await part.detach();
  await expect(w.take(NDJSON)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/a part of the log in which events of this window may be/),
  });
  expect(await w.lastEvent()).toMatchObject({ result: 'error' });
  // What cannot lie in that part is exported.
  expect((await w.take(elsewhere)).bytes.equals(later.bytes)).toBe(true);
  await part.attach();
  expect((await w.take(NDJSON)).bytes.equals(whole.bytes)).toBe(true);

  // Nor does it matter once archives have all of it.
  await w.age();
  await part.detach();
  expect((await w.take(NDJSON)).bytes.equals(whole.bytes)).toBe(true);
  await part.attach();
});
