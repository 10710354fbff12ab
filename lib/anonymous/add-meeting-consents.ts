import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { receiveRecords } from './receive-records';
import { type Outcome, type Received, type ReceivedAt, refusedAs, type Stored } from './received';
import { maybeId, platformId, recordedInstant, trueOrFalse } from './record-fields';
import { givenTable } from './upsert-rows';

const schema = z.strictObject({
  id: platformId,
  meeting_id: platformId,
  user_id: maybeId,
  consent_given: trueOrFalse,
  consent_timestamp: recordedInstant,
});
type GivenConsent = z.output<typeof schema>;

/**
 * Adds what people in meetings agreed to, in the words of the REST API: each once, however often it is sent. It is history: one
 * that says something else than the one with its id is a 'conflict'. Throws and answers as receiveRecords does.
 */
export const addMeetingConsents = (ctx: Context, records: readonly unknown[]): Promise<Received> =>
  receiveRecords(ctx, { kind: 'meeting-consents', schema, store }, records);

async function store(tx: Transaction, given: readonly GivenConsent[], { now }: ReceivedAt): Promise<Stored> {
  const table = givenTable(given, [
    ['id', 'text'],
    ['meeting_id', 'text'],
    ['user_id', 'text'],
    ['consent_given', 'boolean'],
    ['consent_timestamp', 'timestamptz'],
  ]);
  const added = await tx.execute<{ id: string }>(sql`
    insert into meeting_consents (id, meeting_id, user_id, consent_given, consent_timestamp, received_at)
    select given.*, ${now.toISOString()}::timestamptz from ${table} order by given.id
    on conflict (id) do nothing returning id`);
  const same = await tx.execute<{ id: string }>(sql`
    select c.id from meeting_consents c join ${table} using (id)
    where (c.meeting_id, c.user_id, c.consent_given, c.consent_timestamp)
      is not distinct from (given.meeting_id, given.user_id, given.consent_given, given.consent_timestamp)`);
  const created = new Set(added.map(({ id }) => id));
  const known = new Set(same.map(({ id }) => id));
  const outcomes = new Map(given.map(({ id }) => [id, outcomeOf(created.has(id), known.has(id))]));
  return { outcomes, changes: [] };
}

function outcomeOf(isCreated: boolean, isSame: boolean): Outcome {
  if (isCreated) return { outcome: 'created', filesKept: [] };
  if (isSame) return { outcome: 'unchanged', filesKept: [] };
  const why = 'another consent has this id, and what was recorded is never changed: give each its own';
  return refusedAs('conflict', { id: why });
}
