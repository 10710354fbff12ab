import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LapseError } from '@/lib/platform/errors';
import { placeStreamHold, releaseStreamHold } from './stream-holds';
import type { StreamLimits } from './stream-limits';
import { HOUR, type LimitsWorld, limitsWorld } from './testing/limits-world';

let w: LimitsWorld;
beforeAll(async () => {
  w = await limitsWorld('2026-11-10T09:00:00Z');
  // What came in, for a cleanup may have taken it before anybody looks.
  await w.database.owner.sql.unsafe(`
    create table seen (id uuid, stream text, reason text, at bigint, bytes int);
    create function note_seen() returns trigger language plpgsql security definer as $$
      begin
        insert into seen select new.id, new.stream, new.reason, extract(epoch from new.time_completed) * 1000,
          octet_length(audit_event_encoding(new));
        return null;
      end $$;
    create trigger note_seen after insert on audit_events for each row when (new.stream <> 'lapse')
      execute function note_seen()`);
});
afterAll(() => w.close());

/** An event as the database has it: in the order of a stream. */
interface Stored extends Record<string, unknown> {
  reason: string;
  at: number;
  bytes: number;
}

/** What SPEC says of limits, in as few words as it takes: knows nothing of the code. */
class Model {
  /** The oldest first, by when they were final, and by their ids. */
  events: Stored[] = [];
  limits = { hours: 168, maxEntries: 1000, maxSizeBytes: 819_200, percent: 90 };
  holds = 0;
  /** With archives: what became final before it has a copy. */
  archivedBefore = Number.NEGATIVE_INFINITY;
  isArchiving = false;

  bytes = () => this.events.reduce((sum, { bytes }) => sum + bytes, 0);
  isOverThreshold = () => this.bytes() * 100 > this.limits.maxSizeBytes * this.limits.percent;
  mayKeep = (bytes: number) => bytes * 100 <= this.limits.maxSizeBytes * this.limits.percent;

  isTooOld = (now: number) => (this.events[0]?.at ?? now) < now - this.limits.hours * HOUR;
  isOver = (now: number) =>
    this.isTooOld(now) || this.events.length > this.limits.maxEntries || this.isOverThreshold();

  clean(now: number): void {
    const removeOldestWhile = (isOver: () => boolean) => {
      for (let [oldest] = this.events; oldest && isOver(); [oldest] = this.events) {
        if (this.holds > 0) return;
        if (this.isArchiving && oldest.at >= this.archivedBefore) return;
        this.events.shift();
      }
    };
    removeOldestWhile(() => this.isTooOld(now));
    removeOldestWhile(() => this.events.length > this.limits.maxEntries);
    removeOldestWhile(() => this.isOverThreshold());
  }
}

type Step =
  | { kind: 'push'; sizes: number[] }
  | { kind: 'wait'; minutes: number }
  | { kind: 'limit'; hours: number; maxEntries: number; maxSizeBytes: number; percent: number }
  | { kind: 'hold' | 'release' | 'clean' | 'archive' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('push' as const),
        sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 4000 })), {
          minLength: 1,
          maxLength: 5,
        }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 0, max: 90 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('limit' as const),
        hours: fc.integer({ min: 1, max: 4 }),
        maxEntries: fc.integer({ min: 1, max: 8 }),
        // Any that is allowed: their product with the percent is 1024 or more, and hardly ever whole.
        maxSizeBytes: fc.integer({ min: 2049, max: 6007 }),
        percent: fc.integer({ min: 50, max: 100 }),
      }),
    },
    { weight: 3, arbitrary: fc.constant({ kind: 'clean' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'hold' as const }) },
    { weight: 2, arbitrary: fc.constant({ kind: 'release' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'archive' as const }) },
  ),
  { minLength: 4, maxLength: 16 },
);

const now = () => w.s.clock.now().getTime();
let number = 0;

class Run {
  readonly model = new Model();
  readonly stream = `s${++number}`;
  readonly #holds: string[] = [];
  #serial = 0;

  constructor(isArchiving: boolean) {
    this.model.isArchiving = isArchiving;
  }

  async begin(): Promise<void> {
    await w.policy({ archive: this.model.isArchiving });
    await this.do({ kind: 'push', sizes: [1] });
    await this.do({ kind: 'limit', hours: 168, maxEntries: 1000, maxSizeBytes: 819_200, percent: 90 });
  }

  async do(step: Step): Promise<void> {
    const { model, stream } = this;
    switch (step.kind) {
      case 'push': {
        // No two pushes at one instant: in which order the ids of these are is for another test.
        w.later(1);
        const texts = step.sizes.map((size) => `${++this.#serial} ${'x'.repeat(size)}`);
        const ids = await w.push(texts, stream);
        // An id, or why it was refused, which is because of its size (M3).
        const sizes = ids.map((id) => /^it has ([\d,]+) bytes/.exec(id)?.[1]?.replaceAll(',', ''));
        for (const size of sizes) if (size) expect(model.mayKeep(Number(size))).toBe(false);
        const stored = await this.#learn(texts.filter((_, place) => sizes[place] === undefined));
        if (stored > 0 && model.isOverThreshold()) model.clean(now());
        return;
      }
      case 'wait':
        return w.later(step.minutes * 60_000);
      case 'limit': {
        const { kind: _, ...limits } = step;
        model.limits = limits;
        await w.limit(written(limits), stream).catch(unlessTheSame);
        return;
      }
      case 'clean':
        return this.#clean();
      case 'hold': {
        const { holdId } = await placeStreamHold(w.admin, { stream, matter: 'm', reason: 'r' });
        this.#holds.push(holdId);
        model.holds += 1;
        return;
      }
      case 'release': {
        const holdId = this.#holds.pop();
        if (holdId === undefined) return;
        await releaseStreamHold(w.admin, { stream, holdId, reason: 'r' });
        model.holds -= 1;
        return;
      }
      case 'archive':
        if (!model.isArchiving) return;
        await w.archiveAll();
        model.archivedBefore = Date.parse(await w.one<string>(ARCHIVED_BEFORE));
        return;
    }
  }

  /** M3, M5: what has nothing to remove writes nothing; what cannot be kept within the limits says so. */
  async #clean(): Promise<void> {
    const { model, stream } = this;
    const before = [await w.one(STATEMENTS), model.events.length];
    model.clean(now());
    const { alarm } = await w.clean({}, stream);
    if (model.events.length === before[1]) expect(await w.one(STATEMENTS)).toBe(before[0]);
    expect(alarm === null).toBe(!model.isOver(now()));
  }

  /** Reads what was stored, with the size that it has and its place; returns how many these are. */
  async #learn(texts: readonly string[]): Promise<number> {
    const rows = await w.database.owner.sql<Stored[]>`
      select reason, at::float, bytes from seen where stream = ${this.stream} and reason = any(${texts as string[]}) order by at, id`;
    expect(rows).toHaveLength(texts.length);
    for (const { bytes } of rows) expect(this.model.mayKeep(bytes)).toBe(true);
    this.model.events.push(...rows);
    return rows.length;
  }

  /** M2, M4: what is there is what the model has, and so say the counters. */
  async compare(): Promise<void> {
    const { model, stream } = this;
    expect(await w.left(stream)).toEqual(model.events.map(({ reason }) => reason));
    expect(await w.usage(stream)).toEqual({ events: model.events.length, bytes: model.bytes() });
  }
}

const STATEMENTS = 'select count(*)::int from audit_statements';
/** Where the first segment begins that has no archive, or the last one ends. */
const ARCHIVED_BEFORE = `select audit_encoded_time(coalesce(
  min(window_start) filter (where archive_id is null), max(window_end))) from audit_segments`;

const written = ({ hours, maxEntries, maxSizeBytes, percent }: Model['limits']): Partial<StreamLimits> => ({
  retentionPeriod: `${hours}h`,
  maxEntries,
  maxSizeBytes,
  emergencyThresholdPercent: percent,
  cleanupInterval: '10m',
});

function unlessTheSame(error: unknown): void {
  if (!(error instanceof LapseError) || error.code !== 'conflict') throw error;
}

/** Each history by itself in a stream of its own, compared after each step. */
const keepsTo = (isArchiving: boolean, numRuns: number) =>
  fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const run = new Run(isArchiving);
      await run.begin();
      for (const step of history) {
        await run.do(step);
        await run.compare();
      }
    }),
    { numRuns, endOnFailure: true },
  );

test('M1-M5: whatever happens to a stream, what is left is what the limits say', async () => {
  await keepsTo(false, 25);
  expect((await w.verify()).problems).toEqual([]);
}, 120_000);

test('L5, M5: and with archives, less what has no copy yet', async () => {
  await keepsTo(true, 12);
  expect((await w.verify()).problems).toEqual([]);
}, 120_000);
