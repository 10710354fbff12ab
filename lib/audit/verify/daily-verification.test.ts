import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import {
  beginVerification,
  type DailyVerification,
  type VerificationOptions,
  verificationState,
  verifyNext,
} from './daily-verification';

let world: TierWorld;
beforeEach(async () => {
  world = await tierWorld('2026-11-21T04:15:00Z');
});
afterEach(() => world.close());

const later = (iso: string) => world.s.clock.set(iso);

async function verify(options: VerificationOptions = {}): Promise<DailyVerification> {
  const id = await beginVerification(world.ctx);
  let pieceEvents = 0;
  for (;;) {
    const step = await verifyNext(world.ctx, id, { ...options, pieceEvents });
    if (step.isDone) return step.verification;
    pieceEvents = step.pieceEvents;
  }
}

/** Three days of 40 events, in segments of 10, each day sealed at its end. */
async function threeDays() {
  for (const day of ['2026-11-18', '2026-11-19', '2026-11-20']) {
    later(`${day}T23:00:00Z`);
    await world.insert(40, `${day}T10:00:00Z`);
    await world.seal(10);
  }
  later('2026-11-21T04:15:00Z');
}

it('B4: of an empty log says that nothing is wrong, and of one that was never verified that nobody knows', async () => {
  expect(await verificationState(world.database.db)).toEqual({
    at: null,
    everythingSince: null,
    problemCount: 0,
    problems: [],
  });
  expect(await verify()).toMatchObject({ isRoundEnd: true, events: 0, problemCount: 0 });
});

it('B4: does not call a log sound of which nothing has settled yet', async () => {
  await world.insert(3, '2026-11-21T03:00:00Z');
  await world.seal();
  expect(await verify()).toMatchObject({ isRoundEnd: true, segments: 0, problemCount: 0 });
  const nothing = { at: null, everythingSince: null, problemCount: 0 };
  expect(await verificationState(world.database.db)).toMatchObject(nothing);
  later('2026-11-22T04:15:00Z');
  const { finishedAt } = await verify();
  expect(await verificationState(world.database.db)).toMatchObject({ at: finishedAt, problemCount: 0 });
});

it('B4: verifies a small log as a whole, every day', async () => {
  await threeDays();
  const done = await verify();
  expect(done).toMatchObject({ statements: 13, events: 120, problemCount: 0, isRoundEnd: true });
  expect(await verificationState(world.database.db)).toMatchObject({
    at: new Date('2026-11-21T04:15:00Z'),
    everythingSince: new Date('2026-11-21T04:15:00Z'),
  });
});

it('B4: goes through a large log in pieces, what is new first, and begins again when it has come round', async () => {
  await threeDays();
  const piece = { eventsPerPiece: 50, eventsPerStep: 20 };
  expect(await verify(piece)).toMatchObject({ events: 90, isRoundEnd: false });
  later('2026-11-21T12:00:00Z');
  await world.insert(10, '2026-11-21T10:00:00Z');
  await world.seal(10);
  later('2026-11-22T04:15:00Z');
  expect(await verify(piece)).toMatchObject({ events: 60, isRoundEnd: false });
  expect((await verificationState(world.database.db)).everythingSince).toBeNull();
  later('2026-11-23T04:15:00Z');
  const last = await verify(piece);
  expect(last).toMatchObject({ events: 30, isRoundEnd: true });
  const state = await verificationState(world.database.db);
  expect(state).toMatchObject({ at: last.finishedAt, everythingSince: new Date('2026-11-21T04:15:00Z') });
  later('2026-11-24T04:15:00Z');
  expect(await verify(piece)).toMatchObject({ roundStartedAt: new Date('2026-11-24T04:15:00Z') });
});

it('B4: finds what was altered in an old window, and says so until a whole round has not found it again', async () => {
  await threeDays();
  await world.tamper(
    "update audit_events set actor = 'user:9' where time_completed = '2026-11-18T10:00:00Z'",
  );
  const done = await verify();
  // One row that was never sealed so, and one that is gone.
  expect(done.problemCount).toBe(2);
  expect(done.problems[0]).toContain('is not what was sealed');
  expect(await verificationState(world.database.db)).toMatchObject({ problemCount: 2 });

  await world.tamper(
    "update audit_events set actor = 'system:0' where time_completed = '2026-11-18T10:00:00Z'",
  );
  later('2026-11-22T04:15:00Z');
  const piece = { eventsPerPiece: 70, eventsPerStep: 100 };
  expect(await verify(piece)).toMatchObject({ problemCount: 0, isRoundEnd: false });
  expect(await verificationState(world.database.db)).toMatchObject({ problemCount: 2 });
  later('2026-11-23T04:15:00Z');
  expect(await verify(piece)).toMatchObject({ problemCount: 0, isRoundEnd: true });
  expect(await verificationState(world.database.db)).toMatchObject({ problemCount: 0, problems: [] });
});

it('B4: misses a segment that was removed with its events, its checkpoint being there', async () => {
  await threeDays();
  await world.tamper("delete from audit_events where time_completed < '2026-11-18T10:00:00.000010Z'");
  await world.tamper('delete from audit_segments where id = 1');
  expect((await verify()).problems).toEqual([expect.stringContaining('1 segments are gone')]);
});

it('B4: tells of hashes that are none, and goes on', async () => {
  await threeDays();
  await world.tamper("update audit_segments set leaves = '\\x00' where id = 1");
  const done = await verify();
  expect(done).toMatchObject({ finishedAt: expect.any(Date), isRoundEnd: true });
  expect(done.problems[0]).toBe('The hashes of segment 1 do not give the root of its checkpoint.');
});

it('B4: leaves what was sealed within the hour to the next one, since late events may still come', async () => {
  await threeDays();
  await verify();
  later('2026-11-22T04:14:00Z');
  await world.insert(10, '2026-11-22T04:00:00Z');
  await world.seal(10);
  later('2026-11-22T04:15:00Z');
  await world.tamper("delete from audit_events where time_completed >= '2026-11-22'");
  expect(await verify()).toMatchObject({ problemCount: 0, isRoundEnd: true });
  later('2026-11-23T04:15:00Z');
  expect(await verify()).toMatchObject({ problemCount: 1 });
});

it('B4, L9: what a process had checked when it ended is checked again by the next one', async () => {
  await threeDays();
  const id = await beginVerification(world.ctx);
  await verifyNext(world.ctx, id);
  await verifyNext(world.ctx, id, { eventsPerStep: 10 });
  later('2026-11-22T04:15:00Z');
  expect(await verify()).toMatchObject({ events: 120, isRoundEnd: true });
});

it('B4: finds that the end of the chain was cut off, which leaves no gap', async () => {
  await threeDays();
  await verify();
  await world.tamper(`
    delete from audit_events where time_completed >= (select window_start from audit_segments where id = 12);
    delete from audit_segments where id = 12;
    delete from audit_statements where sequence = 13`);
  later('2026-11-22T04:15:00Z');
  expect(await verify()).toMatchObject({
    statements: 12,
    problems: [
      expect.stringMatching(/^The chain ends at statement 12, and reached to 13 on 2026-11-21T04:15:00/),
    ],
  });
});
