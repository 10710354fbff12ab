import { cron } from 'inngest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runnerRuns, runnerTicks } from '@/db/schema/runner';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { fixedClock } from '@/lib/platform/clock';
import { latestTick } from './schedule';
import {
  startTestApp,
  startTestRunner,
  type TestApp,
  type TestRunner,
  testClient,
  until,
} from './testing/runner-harness';

describe('the latest tick', () => {
  it.each([
    ['TZ=UTC 0 2 1 * *', '2026-12-01T01:59:59.999Z', '2026-11-01T02:00:00.000Z'],
    ['TZ=UTC 0 2 1 * *', '2026-12-01T02:00:00.000Z', '2026-12-01T02:00:00.000Z'],
    ['0 10 * * 1', '2026-11-21T00:00:00.000Z', '2026-11-16T10:00:00.000Z'],
    ['TZ=Europe/Paris 30 2 * * *', '2026-07-01T12:00:00.000Z', '2026-07-01T00:30:00.000Z'],
  ])('of %s at %s is %s, whatever the zone of this process', (expression, now, expected) => {
    expect(latestTick(expression, new Date(now))?.toISOString()).toBe(expected);
  });
});

describe('schedules', () => {
  let database: TestDatabase;
  let app: TestApp;
  const runners: TestRunner[] = [];
  let ran: number[];

  beforeEach(async () => {
    database = await createTestDatabase();
    ran = [];
    const client = testClient();
    app = await startTestApp(client, [
      client.createFunction({ id: 'monthly', triggers: [cron('TZ=UTC 0 2 1 * *')] }, async ({ event }) => {
        ran.push(event.ts ?? 0);
      }),
    ]);
  });

  afterEach(async () => {
    await Promise.all(runners.splice(0).map((one) => one.stop()));
    await app.close();
    await database.close();
  });

  /** A runner at `instant`, once it has looked at its schedules. */
  async function startAt(instant: string) {
    const clock = fixedClock(instant);
    const one = await startTestRunner(database.db, app, {}, clock);
    runners.push(one);
    await until('the discovery', () => one.runner.ready);
    return clock;
  }
  const finished = (count: number) =>
    until(`${count} runs`, async () => {
      const runs = await database.db.select().from(runnerRuns);
      return runs.length === count && runs.every((run) => run.state === 'completed');
    });
  const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

  it('E15: a tick runs once at its time, also with two runners, and carries that time', async () => {
    const clocks = [await startAt('2026-11-30T23:00:00Z'), await startAt('2026-11-30T23:00:00Z')];
    await pause();
    expect(ran).toEqual([]);
    for (const clock of clocks) clock.set('2026-12-01T02:00:00.250Z');
    await finished(1);
    await pause();
    expect(ran).toEqual([Date.parse('2026-12-01T02:00:00Z')]);
    expect(await database.db.select().from(runnerTicks)).toHaveLength(1);
  });

  it('a tick does not run again after a restart', async () => {
    const clock = await startAt('2026-11-30T23:00:00Z');
    clock.set('2026-12-01T02:00:01Z');
    await finished(1);
    await runners.pop()?.stop();
    await startAt('2026-12-01T02:00:30Z');
    await pause();
    expect(ran).toHaveLength(1);
  });

  it('a tick that was missed while the product was off runs once at its start, the latest alone', async () => {
    await startAt('2026-09-15T00:00:00Z');
    await runners.pop()?.stop();
    await startAt('2026-12-02T09:00:00Z');
    await finished(1);
    await pause();
    expect(ran).toEqual([Date.parse('2026-12-01T02:00:00Z')]);
  });

  it('a tick that was missed for longer than the window is noted and not run', async () => {
    await startAt('2026-09-15T00:00:00Z');
    await runners.pop()?.stop();
    await startAt('2026-12-05T09:00:00Z');
    const [tick] = await until('the note', async () => {
      const ticks = await database.db.select().from(runnerTicks);
      return ticks.length > 0 && ticks;
    });
    await pause();
    expect(tick).toMatchObject({ tick: new Date('2026-12-01T02:00:00Z'), eventId: null });
    expect(ran).toEqual([]);
  });

  it('a new installation does not catch up on ticks before it existed', async () => {
    await startAt('2026-12-01T03:00:00Z');
    await pause();
    expect(await database.db.select().from(runnerTicks)).toEqual([]);
  });
});
