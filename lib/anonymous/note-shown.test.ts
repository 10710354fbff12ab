import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { NOW } from '@/lib/deletion/testing/cleanup-world';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { beginScheduledAnonymousCleanup } from './begin-anonymous-cleanup';
import { listPolicies } from './list-policies';
import { loadTranscript } from './load-transcript';
import { noteShown } from './note-shown';
import { announcePolicy, recordPublicPolicy } from './record-policy';
import { AnonymousWorld } from './testing/anonymous-world';

let w: AnonymousWorld;
beforeAll(async () => {
  w = await AnonymousWorld.open();
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  w.world.clock.set(NOW);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const gaps = () =>
  w.world.rows(
    `select stopped_at at time zone 'UTC' as stopped, resumed_at at time zone 'UTC' as resumed
    from public_policy_gaps order by id`,
  );
const day = (count: number) => addDays(NOW, count);
const coversOldFrom = async () => (await listPolicies(w.world.admin))[0]?.coversOldFrom;
const events = () =>
  w.world.rows(
    `select result, new_value from audit_events where action = 'public-policy.gap' and time_started >= '${NOW.toISOString()}'
    order by time_started, id`,
  );
const fate = async (ctx: Context = w.world.admin) => {
  const found = await loadTranscript(ctx, { id: 'old' });
  return 'transcript' in found ? [found.transcript.reason, found.transcript.mayGoFrom] : 'gone';
};

test('R2: old data waits for 14 days in which Lapse ran: two weeks in which it stood still count for nothing', async () => {
  await w.transcript('old', { days: 100, files: ['wav'] });
  await w.runsUntil(day(1));
  expect(await coversOldFrom()).toEqual(day(14.5));
  w.world.clock.set(day(20));
  await beginScheduledAnonymousCleanup(w.world.job(), { tick: day(20).toISOString() });
  expect(await w.world.rows('select transcripts from plans')).toEqual([{ transcripts: 0 }]);
  // On every screen and in the log: 13 and a half days are missing yet.
  const covers = day(20 + 13.5);
  expect(await coversOldFrom()).toEqual(covers);
  expect(await fate()).toEqual(['policy-too-new', covers]);
  expect(await gaps()).toEqual([{ stopped: '2026-11-21 12:00:00', resumed: '2026-12-10 12:00:00' }]);
  expect(await events()).toMatchObject([
    {
      result: 'success',
      new_value: {
        stoppedAt: day(1).toISOString(),
        resumedAt: day(20).toISOString(),
        coversOldFrom: covers.toISOString(),
        goesThen: { transcripts: 1, files: 1 },
      },
    },
  ]);
  await w.runsUntil(new Date(covers.getTime() - 1));
  expect(await fate()).toEqual(['policy-too-new', covers]);
  await w.runsUntil(covers);
  expect(await fate()).toEqual(['due', covers]);
  expect(await gaps()).toHaveLength(1);
});

test('R2: the log tells of the gap, and of the date that it puts off', async () => {
  await w.transcript('old', { days: 100, files: ['wav'] });
  await recordPublicPolicy(w.world.job());
  w.world.clock.set(day(3));
  const lines: unknown[] = [];
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const job = { ...w.world.job(), log };
  await recordPublicPolicy(job);
  await announcePolicy(job);
  const covers = day(17).toISOString();
  expect(lines).toMatchObject([
    {
      msg: expect.stringContaining('Lapse did not run'),
      stoppedAt: NOW.toISOString(),
      coversOldFrom: covers,
    },
    { coversOldFrom: covers, goesThen: { transcripts: 1 } },
  ]);
});

test('R2: a night without it is no gap, and however often it says so there is one row', async () => {
  await recordPublicPolicy(w.world.job());
  for (const hours of [1, 24, 48, 49]) {
    w.world.clock.set(day(hours / 24));
    await Promise.all([1, 2, 3].map(() => noteShown(w.world.job())));
  }
  expect(await gaps()).toEqual([]);
  expect(await w.world.rows('select count(*)::int as rows from public_policy_shown')).toEqual([{ rows: 1 }]);
});

test('L8: several that start at once after a gap write it down once', async () => {
  const told = async () => (await events()).filter(({ new_value: value }) => value !== null).length;
  await recordPublicPolicy(w.world.job());
  const before = await told();
  w.world.clock.set(day(5));
  await Promise.all([1, 2, 3, 4].map(() => recordPublicPolicy(w.world.job())));
  expect(await gaps()).toHaveLength(1);
  expect(await told()).toBe(before + 1);
});

test('R2: commands and people are no sign of life, and a command sees what is missing all the same', async () => {
  await w.transcript('old', { days: 100, files: ['wav'] });
  await recordPublicPolicy(w.world.job());
  const shell = w.world.context({ type: 'cli', osUser: 'root' });
  w.world.clock.set(day(15));
  for (const ctx of [shell, w.world.admin]) await noteShown(ctx);
  expect(await w.world.rows('select last_at from public_policy_shown')).toEqual([
    { last_at: '2026-11-20 12:00:00+00' },
  ]);
  expect(await fate(shell)).toEqual(['policy-too-new', day(29)]);
});

test('a clock that was set back makes no gap, and loses none', async () => {
  await recordPublicPolicy(w.world.job());
  w.world.clock.set(day(-40));
  await recordPublicPolicy(w.world.job());
  w.world.clock.set(day(0.5));
  await recordPublicPolicy(w.world.job());
  expect(await gaps()).toEqual([]);
  w.world.clock.set(day(3));
  await recordPublicPolicy(w.world.job());
  expect(await gaps()).toEqual([{ stopped: '2026-11-21 00:00:00', resumed: '2026-11-23 12:00:00' }]);
});

test('L4: off and a longer period hold at once after a gap, and what was covered before it stays so', async () => {
  await w.transcript('old', { days: 10, files: ['wav'] });
  await recordPublicPolicy(w.world.job());
  await w.runsUntil(day(14));
  expect(await fate()).toEqual(['due', day(14)]);
  w.world.clock.set(day(40));
  await recordPublicPolicy(w.world.job());
  expect((await fate())[0]).toBe('due');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '90');
  await recordPublicPolicy(w.world.job());
  expect((await fate())[0]).toBe('not-old-enough');
  vi.stubEnv('PUBLIC_MODE', '');
  await recordPublicPolicy(w.world.job());
  expect((await fate())[0]).toBe('mode-off');
});

test('L8: nobody changes or removes a gap', async () => {
  await recordPublicPolicy(w.world.job());
  w.world.clock.set(day(2));
  await recordPublicPolicy(w.world.job());
  for (const { sql } of [w.world.database, w.world.database.owner]) {
    await expect(
      sql`update public_policy_gaps set resumed_at = stopped_at + interval '1 second'`,
    ).rejects.toThrow();
    await expect(sql`delete from public_policy_gaps`).rejects.toThrow();
    await expect(sql`truncate public_policy_gaps`).rejects.toThrow();
  }
});
