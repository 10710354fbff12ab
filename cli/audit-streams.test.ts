import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LimitsWorld, limitsWorld } from '@/lib/audit/limits/testing/limits-world';
import { runLapse } from './testing/run-lapse';

let w: LimitsWorld;
beforeAll(async () => {
  w = await limitsWorld('2026-11-10T09:00:00Z');
  await w.push(['a', 'b', 'c']);
  await w.policy({ archive: true });
  await w.limit({ maxEntries: 1 });
  await w.clean();
});
afterAll(() => w.close());

const lapse = (...args: string[]) =>
  runLapse(['audit', 'streams', ...args], { databaseUrl: w.database.url, dataDir: w.folder });

it('M1, M5: lists the streams with their limits, and says why some are not kept', async () => {
  const text = await lapse();
  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout).toMatch(/^lapse +~\d+ .* no limits$/m);
  expect(text.stdout).toMatch(/^app +3 .* at most 168h, 1 event and 819\.2 kB$/m);
  expect(text.stdout).toMatch(/What its limits would remove is in no verified archive yet/);
  const json = JSON.parse((await lapse('--json')).stdout);
  expect(json).toMatchObject([
    { name: 'lapse', limits: null },
    { name: 'app', events: 3, is_estimate: false, limits: { maxEntries: 1 }, alarm: expect.any(String) },
  ]);
});
