/**
 * How long the partitions of the audit log should be: pages of the hot tier (O6) and inserts, with partitions of a week, of a
 * month and with one table, on the same rows and indexes.
 *
 *   npx tsx bench/partition-audit-log.ts [--events 200000] [--days 180]
 */

import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { DatabaseHandle } from '@/db/client';
import { listAuditEvents } from '@/lib/audit/list-events';
import {
  contextWithStorage,
  count,
  daysAgo,
  fillEvents,
  percentile,
  timed,
  withAuditDatabase,
} from './audit-database';

const { values } = parseArgs({
  options: { events: { type: 'string', default: '200000' }, days: { type: 'string', default: '180' } },
});
const EVENTS = Number(values.events);
const DAYS = Number(values.days);
const TIMES = 40;
const INSERTS = 500;

type Sql = DatabaseHandle['sql'];
type Filter = Parameters<typeof listAuditEvents>[1];

const PAGES: Record<string, Filter> = {
  'the newest': {},
  'of an actor': { actor: 'user:7' },
  'of an actor and an action': { actor: 'user:7', action: 'thing.do-9' },
  'of a target': { target: 'challenge:13' },
  'of a target in 30 days': { target: 'challenge:13', from: daysAgo(60), to: daysAgo(30) },
  'of nobody': { actor: 'user:none' },
  'with a rare word': { words: 'nowhere' },
};

console.log(
  `${count(EVENTS)} events over ${DAYS} days; pages of 50, each read ${TIMES} times; milliseconds: p50 / p95`,
);
for (const step of ['week', 'month', 'one table'] as const) {
  await withAuditDatabase(async (database) => {
    const { sql } = database;
    await repartition(sql, step);
    await fillEvents(sql, { events: EVENTS, days: DAYS });
    await sql`vacuum analyze audit_events`;
    const [{ partitions } = { partitions: 0 }] = await sql<{ partitions: number }[]>`
      select count(*)::int as partitions from pg_inherits where inhparent = 'audit_events'::regclass`;
    console.log(`${step === 'one table' ? step : `a ${step} each`} (${partitions})`);
    const ctx = await contextWithStorage(database);
    for (const [what, filter] of Object.entries(PAGES)) {
      say(what, await repeated(TIMES, () => listAuditEvents(ctx, { limit: 50, ...filter })));
    }
    say('one INSERT', await repeated(INSERTS, () => insertOne(sql)));
  });
}

/** Before anything is in it. 'one table' is a partition for all times, so that the rest of the product finds what it knows. */
async function repartition(sql: Sql, step: 'week' | 'month' | 'one table'): Promise<void> {
  if (step === 'week') return;
  const partitions = await sql<{ name: string }[]>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_events'::regclass`;
  for (const { name } of partitions) await sql.unsafe(`drop table ${name}`);
  if (step === 'one table') {
    await sql.unsafe(
      "create table audit_events_all partition of audit_events for values from ('2000-01-01Z') to ('2100-01-01Z')",
    );
  } else {
    await sql`select ensure_audit_partitions(now() - ${DAYS} * interval '1 day', now() + interval '8 weeks', 'month')`;
  }
}

async function insertOne(sql: Sql): Promise<void> {
  await sql`insert into audit_events (id, time_started, result, action, actor, actor_details, target)
    values (${randomUUID()}, now(), null, 'thing.do-1', 'user:1', '{}', 'challenge:1')`;
}

async function repeated(times: number, work: () => Promise<unknown>): Promise<number[]> {
  // The first of a connection has more to learn.
  await work();
  const taken: number[] = [];
  for (let time = 0; time < times; time++) taken.push((await timed(work)).ms);
  return taken;
}

function say(what: string, taken: readonly number[]): void {
  const [p50, p95] = [percentile(taken, 50), percentile(taken, 95)];
  console.log(`         ${what}: ${p50.toFixed(1)} / ${p95.toFixed(1)}`);
}
