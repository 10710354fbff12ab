/**
 * Taking in events of other programs (O1): in batches, against one request for each event, and against the same rows with one
 * INSERT each and nothing checked.
 *
 *   npx tsx bench/push-audit-events.ts [--events 100000]
 */

import { parseArgs } from 'node:util';
import type { DatabaseHandle } from '@/db/client';
import { MAX_EVENTS } from '@/lib/audit/push/event-texts';
import { pushEvents } from '@/lib/audit/push/push-events';
import { count, timed, withAuditDatabase } from './audit-database';
import { contextOn, seconds } from './database';
import { megabytes, peakMemory } from './memory';

const { values } = parseArgs({ options: { events: { type: 'string', default: '100000' } } });
const EVENTS = Number(values.events);
/** Of what goes one by one; scaled up. */
const SAMPLE = Math.min(2_000, EVENTS);
const BEGUN = Date.now();

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

const eventOf = (n: number) => ({
  id: `event-${n}`,
  time_started: new Date(BEGUN - (n % 1_000_000) * 1000).toISOString(),
  action: `thing.do-${n % 20}`,
  actor: `user:${n % 500}`,
  actor_details: { type: 'user', address: '192.0.2.1' },
  target: `challenge:${n % 2000}`,
  new_value: { n, text: 'some words that say what was done' },
  reason: `because of ${n}`,
  result: 'success',
});

async function insertOne(sql: DatabaseHandle['sql'], n: number): Promise<void> {
  const event = eventOf(n);
  await sql`insert into audit_events (id, stream, time_started, time_completed, result, action, actor, actor_details, target, new_value, reason)
    values (gen_random_uuid(), 'naive', ${event.time_started}, now(), 'success', ${event.action}, ${event.actor},
      ${JSON.stringify(event.actor_details)}::text::jsonb, ${event.target}, ${JSON.stringify(event.new_value)}::text::jsonb, ${event.reason})`;
}

const rate = (events: number, ms: number): string =>
  `${seconds(ms)} (${count(Math.round(events / (ms / 1000)))} a second)`;

function slower(ms: number, batched: number): string {
  const whole = (ms / SAMPLE) * EVENTS;
  return `${rate(SAMPLE, ms)}, ${(whole / batched).toFixed(1)} times as long`;
}

await withAuditDatabase(async ({ sql, db }) => {
  const ctx = contextOn(db);
  const batches = await timed(() =>
    peakMemory(async () => {
      for (let from = 0; from < EVENTS; from += MAX_EVENTS) {
        await pushAll('batched', range(from, Math.min(EVENTS, from + MAX_EVENTS)));
      }
    }),
  );
  const { before, peak } = batches.result;
  console.log(
    `push     ${count(EVENTS)} events, ${count(MAX_EVENTS)} in a request: ${rate(EVENTS, batches.ms)}; memory ${megabytes(before)} before, ${megabytes(peak)} at the most`,
  );
  const again = await timed(() => pushAll('batched', range(0, Math.min(EVENTS, MAX_EVENTS))));
  console.log(
    `         one of these sent again, and nothing stored: ${rate(Math.min(EVENTS, MAX_EVENTS), again.ms)}`,
  );

  const single = await timed(async () => {
    for (const n of range(0, SAMPLE)) await pushAll('single', [n]);
  });
  console.log(`         one in a request (${count(SAMPLE)} tried): ${slower(single.ms, batches.ms)}`);
  const naive = await timed(async () => {
    for (const n of range(0, SAMPLE)) await insertOne(sql, n);
  });
  console.log(
    `         one INSERT each, nothing checked (${count(SAMPLE)} tried): ${slower(naive.ms, batches.ms)}`,
  );

  async function pushAll(stream: string, numbers: number[]): Promise<void> {
    const pushed = await pushEvents(ctx, { stream, events: numbers.map((n) => JSON.stringify(eventOf(n))) });
    if (pushed.refused > 0)
      throw new Error(JSON.stringify(pushed.results.find(({ outcome }) => outcome === 'invalid')));
  }
});
