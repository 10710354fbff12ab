/**
 * Recording, sealing and verifying the audit log (B4), against a log whose rows are chained as they are written: there each
 * insert waits for the hash of the one before it, under a lock.
 *
 *   npx tsx bench/seal-audit-log.ts [--events 200000]
 */

import { createHash, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { DatabaseHandle } from '@/db/client';
import { SETTLING_MS, sealEvents } from '@/lib/audit/seal/seal-events';
import { makeSigningKey, readSigningKey } from '@/lib/audit/seal/signing-key';
import { verifyLive } from '@/lib/audit/verify/verify-live';
import { fixedClock } from '@/lib/platform/clock';
import { timed, withAuditDatabase } from './audit-database';
import { contextOn, seconds } from './database';
import { megabytes, peakMemory } from './memory';

const { values } = parseArgs({ options: { events: { type: 'string', default: '200000' } } });
const EVENTS = Number(values.events);
const WRITERS = 8;
const INSERTS_OF_A_WRITER = 250;
/** One query for each event, as a verifier without batches does it; scaled up. */
const SAMPLE = 2_000;

await withAuditDatabase(measure);

async function measure({ db, sql }: DatabaseHandle): Promise<void> {
  await sql`create table chain (n bigint primary key, hash bytea not null)`;
  await sql`insert into chain values (0, '')`;
  const free = await insertsAtOnce((text) => insertOne(sql, text));
  const chained = await insertsAtOnce((text) =>
    sql.begin(async (tx) => {
      const [last] = await tx<
        { n: string; hash: Buffer }[]
      >`select n, hash from chain order by n desc limit 1 for update`;
      const next = createHash('sha256')
        .update(last?.hash ?? '')
        .update(text)
        .digest();
      await insertOne(tx as unknown as DatabaseHandle['sql'], text);
      await tx`insert into chain values (${Number(last?.n ?? 0) + 1}, ${next})
        on conflict (n) do update set hash = excluded.hash`;
    }),
  );
  console.log(`record   ${WRITERS} at once, sealed later: ${perSecond(WRITERS * INSERTS_OF_A_WRITER, free)}`);
  console.log(
    `         chained as they are written:  ${perSecond(WRITERS * INSERTS_OF_A_WRITER, chained)}, ${(chained / free).toFixed(1)} times as long`,
  );

  const filled = await timed(() => fill(sql, EVENTS));
  console.log(`fill     ${EVENTS} events in one statement: ${perSecond(EVENTS, filled.ms)}`);
  const clock = fixedClock(new Date(Date.now() + SETTLING_MS + 1000));
  const ctx = { ...contextOn(db), clock };
  const keys = { current: readSigningKey(makeSigningKey()) };
  const sealing = await timed(() => peakMemory(() => sealEvents(ctx, { keys })));
  const { result, before, peak } = sealing.result;
  console.log(
    `seal     ${result.events} events in ${result.segments} segments: ${perSecond(result.events, sealing.ms)}, memory ${megabytes(before)} before, ${megabytes(peak)} at the most`,
  );

  const verifying = await timed(() => peakMemory(() => verifyLive(ctx)));
  const { result: verified, ...memory } = verifying.result;
  if (verified.problems.length > 0) throw new Error(JSON.stringify(verified.problems[0]));
  console.log(
    `verify   ${verified.events} events: ${perSecond(verified.events, verifying.ms)}, memory ${megabytes(memory.before)} before, ${megabytes(memory.peak)} at the most`,
  );
  const naive = await timed(() => oneByOne(sql, SAMPLE));
  const whole = (naive.ms / SAMPLE) * verified.events;
  console.log(
    `         one query for each (${SAMPLE} tried): ${seconds(whole)}, ${(whole / verifying.ms).toFixed(1)} times as long`,
  );
}

async function insertOne(sql: DatabaseHandle['sql'], text: string): Promise<void> {
  await sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details, target)
    values (${randomUUID()}, now(), now(), 'success', 'job.run', 'system:bench', '{"type":"system"}', ${text})`;
}

/** Milliseconds until all writers are done. */
async function insertsAtOnce(insert: (text: string) => Promise<unknown>): Promise<number> {
  const writer = async (name: number) => {
    for (let count = 0; count < INSERTS_OF_A_WRITER; count++) await insert(`thing:${name}-${count}`);
  };
  const { ms } = await timed(() => Promise.all(Array.from({ length: WRITERS }, (_, name) => writer(name))));
  return ms;
}

async function fill(sql: DatabaseHandle['sql'], count: number): Promise<void> {
  await sql`insert into audit_events (id, time_started, time_completed, result, action, actor, actor_details, target, new_value)
    select gen_random_uuid(), at, at, 'success', 'job.run', 'user:' || n % 500, '{"type":"user","address":"192.0.2.1"}',
      'challenge:' || n % 2000, jsonb_build_object('n', n, 'text', md5(n::text))
    from (select n, now() - interval '1 hour' + n * interval '1 ms' as at from generate_series(1, ${count}) n) events`;
}

async function oneByOne(sql: DatabaseHandle['sql'], count: number): Promise<void> {
  const ids = await sql<{ id: string; started: Date }[]>`
    select id, time_started as started from audit_events order by time_started limit ${count}`;
  for (const { id, started } of ids) {
    const [row] = await sql<{ text: string }[]>`
      select e::text as text from audit_events e where id = ${id} and time_started >= ${started}`;
    createHash('sha256')
      .update(row?.text ?? '')
      .digest();
  }
}

function perSecond(count: number, ms: number): string {
  return `${seconds(ms)} (${Math.round(count / (ms / 1000)).toLocaleString('en-GB')} a second)`;
}
