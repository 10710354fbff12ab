import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { runLapse } from './testing/run-lapse';

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'lapse-cli-'));
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

const settings = (...args: string[]) =>
  runLapse(['audit', 'settings', ...args], { databaseUrl: database.url, dataDir });

it('T1, L4: shows, changes and cancels, with a reason and after it was shown', async () => {
  const shown = await settings();
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toMatch(
    /^Events stay in the database for 30 days, then in daily archives until day 365/,
  );
  const changed = await settings(
    '--hot-days',
    '40',
    '--warm-days',
    '200',
    '--reason',
    'less',
    '--yes',
    '--json',
  );
  expect(changed.code).toBe(0);
  expect(changed.stderr).toMatch(
    /Hot tier: 30 days -> 40 days, at once\nWarm tier: 365 days -> 200 days, from /,
  );
  expect(JSON.parse(changed.stdout)).toMatchObject({
    in_force: { hot_days: 40, warm_days: 365 },
    pending: { policy: { warm_days: 200 } },
  });
  const cancelled = await settings('--cancel', '--reason', 'no');
  expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining('Cancelled. Events stay') });
});

it('T1: --cold-days takes forever, as the help says, and a number of days', async () => {
  const shorter = await settings('--cold-days', '900', '--dry-run', '--json');
  expect(JSON.parse(shorter.stdout)).toMatchObject({ pending: { policy: { cold_days: 900 } } });
  const same = await settings('--cold-days', 'forever', '--dry-run');
  expect(same).toMatchObject({ code: 3, stderr: expect.stringContaining('is so already') });
});

it.each([
  [
    ['--hot-days', '0', '--dry-run'],
    /^--hot-days: 0 is not allowed: use a whole number of days from 1 to 36,500/,
  ],
  [
    ['--hot-days', '7 days', '--dry-run'],
    /'7 days' is invalid\. Use a whole number of days from 1 to 36,500/,
  ],
  [['--period-secs', '', '--dry-run'], /'' is invalid\. Use a whole number of seconds from 600 to 86,400/],
  [
    ['--max-deleted-per-activation', '-1', '--dry-run'],
    /^--max-deleted-per-activation: -1 is not allowed: .* from 1 to 1,000,000/,
  ],
  [['--hot-days', '365', '--dry-run'], /more than its 365 days/],
  [['--presets', 'gdpr'], /"gdpr" is not known/],
  [['--hot-days', '41'], /Give a reason/],
])('O4, L10: refuses %j with the value and what is allowed', async (args, message) => {
  const ended = await settings(...args);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(message);
});
