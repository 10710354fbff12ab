import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventFilter } from '../event-filter';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { hotRows } from './hot-rows';
import type { Place } from './place';
import { tell } from './testing/told-events';

const NOW = '2026-11-21T09:00:00Z';
const hoursAgo = (hours: number): string =>
  new Date(Date.parse(NOW) - hours * 60 * 60 * 1000).toISOString().replace('Z', '000Z');

/** Some lie just where one part of the time ends and the next begins, and some ahead of the clock. */
const HOURS_AGO = [-1, 0, 0.5, 1, 1, 2, 8, 8.5, 60, 64, 65, 240, 300, 512, 600, 2000, 4096, 4100];

let w: TierWorld;
beforeAll(async () => {
  w = await tierWorld(NOW);
  await tell(
    w,
    HOURS_AGO.map(hoursAgo).flatMap((started) =>
      ['zebra', 'zebra and gnu', 'gnu'].map((reason) => ({ started, completed: started, reason })),
    ),
  );
});
afterAll(() => w.close());

/** By one page after the other. */
async function paged(filter: EventFilter, limit: number): Promise<string[]> {
  const found: string[] = [];
  let after: Place | null = null;
  for (;;) {
    const rows = await hotRows(w.ctx, filter, after, limit);
    found.push(...rows.map(({ id }) => id));
    const last = rows.at(-1);
    if (!last || rows.length < limit) return found;
    after = { at: last.timeStarted, id: last.id };
  }
}

/** By one query that leaves nothing to chance. */
async function all(reason: string, { from = '-infinity', to = 'infinity' }: EventFilter): Promise<string[]> {
  const rows = await w.database.sql<{ id: string }[]>`
    select id from audit_events
    where reason like ${reason} and time_started >= ${from}::timestamptz and time_started < ${to}::timestamptz
    order by time_started desc, id desc`;
  return rows.map(({ id }) => id);
}

const WINDOWS: [string, EventFilter][] = [
  ['ever', {}],
  ['until now', { to: hoursAgo(0) }],
  ['in the last hour', { from: hoursAgo(1) }],
  ['in a window within one part', { from: hoursAgo(400), to: hoursAgo(200) }],
  ['in a window over several parts', { from: hoursAgo(2000), to: hoursAgo(1) }],
  ['long ago', { to: hoursAgo(4096) }],
];

test.each(WINDOWS)(
  'B5: what happened %s comes once and in order, on pages of any length',
  async (_when, window) => {
    for (const limit of [1, 2, 7, 100]) {
      expect(await paged(window, limit)).toEqual(await all('%', window));
      expect(await paged({ ...window, words: 'Gnu' }, limit)).toEqual(await all('%gnu', window));
      expect(await paged({ ...window, words: 'gnu zebra' }, limit)).toEqual(
        await all('zebra and gnu', window),
      );
    }
    expect(await paged({ ...window, words: 'quagga' }, 7)).toEqual([]);
  },
);
