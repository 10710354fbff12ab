import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { overrideChanges } from '@/db/schema/overrides';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import { runCleanupToEnd } from '@/lib/deletion/run-cleanup-to-end';
import { CleanupWorld } from '@/lib/deletion/testing/cleanup-world';
import { beforeDelete } from '@/lib/deletion/testing/wrapped-storage';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import { applyOverrideChange } from './apply-override-change';
import { cancelOverrideChange } from './cancel-override-change';
import { appliedDays } from './override-field';
import { requestOverrideChange } from './request-override-change';
import { FILES, LOGS, type OverrideWorld, overrideWorld, REASON } from './testing/override-world';

let database: TestDatabase;
let w: OverrideWorld;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.sql`update override_changes set state = 'cancelled' where state = 'scheduled'`;
  w = await overrideWorld(database);
});

const untilBlocked = (db: TestDatabase = database) =>
  expect
    .poll(async () => (await db.sql`select from pg_locks where not granted`).length, { interval: 10 })
    .toBeGreaterThan(0);

describe('a lengthening and a run that deletes', () => {
  let world: CleanupWorld;
  beforeAll(async () => {
    world = await CleanupWorld.open();
  });
  beforeEach(() => world.wipe());
  afterAll(() => world.close());

  const lengthen = (challengeId: number) =>
    requestOverrideChange(world.admin, { challengeId, field: FILES, days: 400, reason: REASON });

  test('L4, L7: one that commits before the claim keeps everything', async () => {
    const { id } = await world.challenge();
    const before = await world.objects();
    const jobRunId = await world.request(await world.preview());
    expect(await lengthen(id)).toMatchObject({ state: 'in-force', filesBeingDeleted: 0 });
    await runCleanupToEnd(world.job(), { jobRunId });
    expect(await world.objects()).toEqual(before);
    expect(await world.receiptKeys()).toEqual([]);
  });

  test('L4, L7, L9: one that comes after the claim says what it is too late for, and keeps the rest', async () => {
    const { id } = await world.challenge();
    await world.set('cleanup.batch-size', 1);
    const before = await world.objects();
    const jobRunId = await world.request(await world.preview());
    let late: Awaited<ReturnType<typeof lengthen>> | undefined;
    const storage = beforeDelete(world.storage, async () => {
      late ??= await lengthen(id);
    });
    await runCleanupToEnd(world.job(storage), { jobRunId });
    const left = await world.objects();
    const gone = before.filter((key) => !left.includes(key));
    expect(late?.filesBeingDeleted).toBeGreaterThan(0);
    expect(before.length - left.length).toBe(late?.filesBeingDeleted);
    expect(await world.receiptKeys()).toEqual(gone);
  });

  test('L7: it waits for a claim that is being made, and does not deadlock with it', async () => {
    const { id } = await world.challenge();
    let lengthening: ReturnType<typeof lengthen> | undefined;
    await world.database.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from challenges where id = ${id} for share`);
      lengthening = lengthen(id);
      await untilBlocked(world.database);
      await tx.execute(sql`update artifacts set state = 'deleting'`);
    });
    expect((await lengthening)?.filesBeingDeleted).toBeGreaterThan(0);
  });
});

describe('taking effect and being cancelled at once', () => {
  test('L4, L9: one of them wins, and the other says so', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 8; round += 1) {
      w.clock.set('2026-11-21T09:00:00Z');
      const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
      const { changeId } = await w.request(challengeId, FILES, 40);
      await w.run();
      w.clock.set('2026-12-06T00:00:00Z');
      const cancel = () => cancelOverrideChange(w.admin, { changeId, reason: 'called off' });
      const apply = () => applyOverrideChange(w.job, changeId);
      const [cancelled, applied] =
        round % 2 === 0
          ? await Promise.allSettled([cancel(), apply()])
          : (await Promise.allSettled([apply(), cancel()])).toReversed();
      const { files } = await w.overridesOf(challengeId);
      const { state } = await w.change(changeId);
      if (state === 'cancelled') {
        expect(files).toBe(90);
        expect(applied).toMatchObject({ status: 'fulfilled', value: 'waiting' });
      } else {
        expect([state, files]).toEqual(['in-force', 40]);
        expect(cancelled).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
      }
      outcomes.add(state);
    }
    expect(outcomes.size).toBeGreaterThan(0);
  });

  test('L4: one that waits for the lock finds the change cancelled', async () => {
    const { challengeId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(challengeId, FILES, 40);
    await w.run();
    w.clock.set('2026-12-06T00:00:00Z');
    let applying: ReturnType<typeof applyOverrideChange> | undefined;
    await w.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from challenges where id = ${challengeId} for update`);
      applying = applyOverrideChange(w.job, changeId);
      await untilBlocked();
      await tx.update(overrideChanges).set({ state: 'cancelled' });
    });
    expect(await applying).toBe('waiting');
    expect(await w.overridesOf(challengeId)).toMatchObject({ files: 90 });
  });

  test('L9: killed before the commit it has not happened, and the next run does it', async () => {
    const { challengeId, submissionId } = await w.challenge({ artifactRetentionDaysOverride: 90 });
    const { changeId } = await w.request(challengeId, FILES, 40);
    await w.run();
    w.clock.set('2026-12-06T00:00:00Z');
    const date = await w.dateOf(submissionId);
    // The connection goes away at the last statement of the transaction.
    const dying = {
      ...w.job,
      db: new Proxy(w.db, {
        get: (target, name) =>
          name === 'transaction'
            ? (work: (tx: unknown) => Promise<unknown>) =>
                target.transaction(async (tx) => {
                  await work(tx);
                  throw new Error('killed');
                })
            : Reflect.get(target, name),
      }),
    };
    await expect(applyOverrideChange(dying, changeId)).rejects.toThrow('killed');
    expect(await w.overridesOf(challengeId)).toMatchObject({ files: 90 });
    expect(await w.dateOf(submissionId)).toEqual(date);
    expect(await w.run()).toMatchObject({ applied: 1 });
    expect(await w.overridesOf(challengeId)).toMatchObject({ files: 40 });
  });
});

type Step =
  | { do: 'request'; field: typeof FILES | typeof LOGS; days: number | null }
  | { do: 'cancel' | 'consent' | 'withdraw' | 'break-mail' | 'mend-mail' }
  /** So many days pass, then the job runs, or not. */
  | { do: 'wait'; days: number; run: boolean };

const days = fc.option(fc.integer({ min: 1, max: 120 }), { nil: null, freq: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('request' as const),
      field: fc.constantFrom(FILES, LOGS),
      days,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      days: fc.integer({ min: 0, max: 20 }),
      run: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('cancel', 'consent', 'withdraw', 'break-mail', 'mend-mail', 'mend-mail')
      .map((name) => ({ do: name })),
  },
);

test('L4: whatever happens, nothing goes earlier than hosts were told at least 14 days before', async () => {
  let shortened = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 20, size: 'max' }), async (story) => {
      w = await overrideWorld(database);
      const { challengeId, submissionId } = await w.challenge({
        artifactRetentionDaysOverride: 100,
        logRetentionDaysOverride: 90,
      });
      /** What the mails said, read from their text, and when they were accepted. */
      const told: { at: Date; artifacts: number | null; logs: number | null }[] = [];
      let broken = false;
      w.mailer.answer = ({ text }) => {
        if (broken) throw new Error('no mail today');
        const number = (what: string) => {
          const found = new RegExp(`${what} are kept (\\d+) instead`).exec(text)?.[1];
          return found === undefined ? null : Number(found);
        };
        told.push({ at: w.clock.now(), artifacts: number('Files'), logs: number('Logs') });
      };
      const state = async () => {
        const overrides = await w.overridesOf(challengeId);
        const applied = appliedDays({
          artifactRetentionDaysOverride: overrides.files,
          logRetentionDaysOverride: overrides.logs,
        });
        return { ...applied, date: await w.dateOf(submissionId) };
      };
      for (const next of story) {
        const before = await state();
        await take(next, challengeId, (value) => {
          broken = value;
        });
        const after = await state();
        const longAgo = addDays(w.clock.now(), -14);
        for (const what of ['artifacts', 'logs'] as const) {
          if (after[what] >= before[what]) continue;
          shortened += 1;
          const warned = told.some((mail) => {
            const said = mail[what];
            return mail.at <= longAgo && said !== null && said <= after[what];
          });
          expect(warned, `${what}: ${before[what]} to ${after[what]}`).toBe(true);
        }
        const keptConsent = next.do !== 'consent' && next.do !== 'withdraw';
        if (keptConsent && before.date && after.date && after.date < before.date) {
          expect(after.artifacts).toBeLessThan(before.artifacts);
        }
      }
      await database.sql`update override_changes set state = 'cancelled' where state = 'scheduled'`;
    }),
    { numRuns: 25 },
  );
  // The stories are long enough to say something.
  expect(shortened).toBeGreaterThan(3);
}, 120_000);

async function take(next: Step, challengeId: number, setBroken: (value: boolean) => void): Promise<void> {
  try {
    switch (next.do) {
      case 'request':
        await w.request(challengeId, next.field, next.days);
        break;
      case 'wait':
        w.clock.set(addDays(w.clock.now(), next.days));
        if (next.run) await w.run();
        break;
      case 'cancel': {
        const open = (await w.changesOf(challengeId)).find(({ state }) => state === 'scheduled');
        if (open) await cancelOverrideChange(w.admin, { changeId: open.id, reason: 'called off' });
        break;
      }
      case 'consent':
        await giveConsent(w.as(w.host), { challengeId, channel: 'api' });
        break;
      case 'withdraw':
        await withdrawConsent(w.as(w.host), { challengeId, channel: 'api' });
        break;
      default:
        setBroken(next.do === 'break-mail');
    }
  } catch (error) {
    // Refusals, such as the same value again, are a part of the story.
    if (!(error instanceof LapseError)) throw error;
  }
}
