import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pushEvents } from '../push/push-events';
import { type CutRules, type Place, planCut } from './plan-cut';
import { DEFAULT_LIMITS, streamLimits, thresholdBytes } from './stream-limits';
import { type LimitsWorld, limitsWorld } from './testing/limits-world';
import type { Usage } from './usage';

let w: LimitsWorld;
beforeAll(async () => {
  w = await limitsWorld('2026-11-10T09:00:00Z');
});
afterAll(() => w.close());

interface Event extends Place {
  bytes: number;
}

const limits = { maxEntries: 6, maxSizeBytes: 3000, retentionPeriod: '1h', cleanupInterval: '10m' } as const;
const stored = streamLimits.parse({ ...DEFAULT_LIMITS, ...limits });

/** A history: pushes of some sizes, each some seconds after the one before, or at the same instant. */
const histories = fc.array(
  fc.record({
    seconds: fc.constantFrom(0, 0, 1, 60, 2000),
    sizes: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 12 },
);

const textOf = ({ timeCompleted, id }: Place) => timeCompleted + id;

/** What is left of a stream when it is cleaned after each push beyond the threshold, or only at the end. */
async function survivors(
  history: readonly { seconds: number; sizes: readonly number[] }[],
  ids: () => string,
  { atOnce }: { atOnce: boolean },
): Promise<string[]> {
  let events: Event[] = [];
  let [now, cutBefore] = [Date.parse('2026-11-10T09:00:00Z'), null as Place | null];
  const usage = (): Usage => ({
    events: events.length,
    bytes: events.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  const clean = async () => {
    const rules: CutRules = {
      limits: stored,
      cutoff: new Date(now - stored.retentionPeriodMs).toISOString().replace('Z', '000Z'),
      cutBefore,
    };
    const order = (a: Event, b: Event) => (textOf(a) < textOf(b) ? -1 : 1);
    async function* oldest() {
      yield* events.toSorted(order);
    }
    const cut = await planCut(oldest(), usage(), rules, 1000);
    events = events.filter((event) => !cut.events.includes(event));
    expect(usage()).toEqual(cut.after);
    const last = cut.events.at(-1);
    // As the database has it: right after the newest event that ever went.
    const end = last && { timeCompleted: last.timeCompleted, id: `${last.id}+` };
    if (end && (cutBefore === null || textOf(end) > textOf(cutBefore))) cutBefore = end;
  };
  for (const { seconds, sizes } of history) {
    now += seconds * 1000;
    const timeCompleted = new Date(now).toISOString().replace('Z', '000Z');
    events.push(...sizes.map((bytes) => ({ timeCompleted, id: ids(), bytes })));
    if (atOnce && usage().bytes > thresholdBytes(stored)) await clean();
  }
  await clean();
  return events.map(({ id }) => id).toSorted();
}

test('M2: cleaning at each append and on schedule leaves the same survivors, whatever came when', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.infiniteStream(fc.uuid()), async (history, uuids) => {
      const known: string[] = [];
      const fresh = () => {
        const id = uuids.next().value as string;
        known.push(id);
        return id;
      };
      const first = await survivors(history, fresh, { atOnce: true });
      const again = known.values();
      const second = await survivors(history, () => again.next().value as string, { atOnce: false });
      expect(first).toEqual(second);
    }),
    { numRuns: 500 },
  );
});

test('M2: so it is in the database, for histories with pushes at one instant', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      number += 1;
      const [atOnce, scheduled] = [`a${number}`, `s${number}`];
      for (const stream of [atOnce, scheduled]) await w.push(['first'], stream);
      await w.limit(limits, atOnce);
      // One that no append ever exceeds; the limits themselves come at the end.
      await w.limit({ ...limits, maxSizeBytes: 1_000_000, maxEntries: 1000 }, scheduled);
      // These two have different ids.
      w.later(1000);
      let serial = 0;
      for (const { seconds, sizes } of history) {
        w.later(seconds * 1000);
        const texts = sizes.map((size) => `${++serial} ${'x'.repeat(size)}`);
        await pushSame(texts, [atOnce, scheduled], `${number}/${serial}`);
      }
      await w.limit(limits, scheduled);
      await w.clean({}, atOnce);
      await w.clean({}, scheduled);
      expect(await w.left(atOnce)).toEqual(await w.left(scheduled));
      expect((await w.usage(atOnce)).bytes).toBeLessThanOrEqual(thresholdBytes(stored));
      expect((await w.usage(atOnce)).events).toBeLessThanOrEqual(limits.maxEntries);
    }),
    { numRuns: 6, endOnFailure: true },
  );
  expect((await w.verify()).problems).toEqual([]);
}, 120_000);

/** The same events in both, in the same order of ids: those of a pushed uuid are kept as they are. */
async function pushSame(texts: string[], streams: [string, string], seed: string): Promise<void> {
  for (const [place, stream] of streams.entries()) {
    const events = texts.map((reason, index) => {
      const hex = createHash('sha256').update(`${seed}/${index}`).digest('hex');
      const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 31)}${place}`;
      const time_started = w.s.clock.now().toISOString();
      return JSON.stringify({ id, time_started, action: 'a', actor: 'b', result: 'success', reason });
    });
    await pushEvents(w.admin, { stream, events });
  }
}
