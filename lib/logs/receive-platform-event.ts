import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { challenges } from '@/db/schema/challenges';
import { platformEvents, platformEventType } from '@/db/schema/logs';
import { audited } from '@/lib/audit/record';
import { sendLater } from '@/lib/jobs/job-run';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { conflict, forbidden, notFound } from '@/lib/platform/errors';
import { idField, requiredText } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { logEnvironmentField } from './apply-log-retention';
import { assertRoomForEnvironment } from './known-environments';

export const PLATFORM_EVENT_TYPES = platformEventType.enumValues;

/** So much may an event carry besides, as JSON. */
const MAX_PAYLOAD_BYTES = 16_384;

/** A NUL character or a lone surrogate, as JSON writes them; Postgres keeps neither. */
const UNKEEPABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

const payload = z
  .record(z.string(), z.json(), { error: 'give the payload as a JSON object' })
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_PAYLOAD_BYTES, {
    error: `the payload is too large: use at most ${MAX_PAYLOAD_BYTES} bytes of JSON`,
  })
  .refine(
    (value) => !UNKEEPABLE.test(JSON.stringify(value)),
    'a NUL character or half a character is not allowed',
  );

/** Postgres has no year 0 and JavaScript no year 10000 that Postgres can read. */
const FIRST = new Date('2000-01-01T00:00:00Z');
const LAST = new Date('2200-01-01T00:00:00Z');
const INSTANT = 'give an instant such as 2026-11-21T09:00:00Z, from 2000 to 2199';

export const platformEventInput = z.strictObject({
  /** The platform's own id of the event. */
  id: requiredText('the id of the event', 200),
  type: z.enum(PLATFORM_EVENT_TYPES, {
    error: (issue) =>
      `${JSON.stringify(issue.input) ?? 'nothing'} is not allowed: use one of ${PLATFORM_EVENT_TYPES.join(', ')}`,
  }),
  challengeId: idField,
  /** Of the workers that it is about; left out: the configured one. */
  environment: logEnvironmentField.nullish(),
  /** RFC 3339 with its offset: when it happened. */
  occurredAt: z.iso
    .datetime({ offset: true, error: INSTANT })
    .refine((text) => new Date(text) >= FIRST && new Date(text) < LAST, INSTANT)
    .nullish(),
  payload: payload.default({}),
});

export interface ReceivedPlatformEvent {
  id: string;
  type: (typeof PLATFORM_EVENT_TYPES)[number];
  challengeId: number;
  environment: string | null;
  occurredAt: Date | null;
  /** When it was received first. */
  receivedAt: Date;
}

/**
 * Takes down what the platform tells, once: the same event again is the same answer, and begins nothing. What follows from it
 * (the retention of the challenge's logs) happens in a job, by the event that commits with the row. For admins, and for
 * tokens that may. Throws 'invalid', 'forbidden', 'not_found', and 'conflict' for the id of another event, and for
 * one environment too many.
 */
export async function receivePlatformEvent(
  ctx: Context,
  args: z.input<typeof platformEventInput>,
): Promise<ReceivedPlatformEvent> {
  const told = parse(platformEventInput, args);
  const { id, challengeId } = told;
  return audited(ctx, { action: 'platform-event.receive', target: `challenge:${challengeId}` }, (event) =>
    ctx.db.transaction(async (tx) => {
      if (!can(ctx.actor, 'platform-events.write')) {
        const words = 'Only admins, and tokens that may, post events of the platform.';
        throw forbidden(sayLacking(ctx.actor, 'platform-events.write', words));
      }
      await assertChallenge(tx, challengeId);
      if (told.environment) await assertRoomForEnvironment(ctx, tx, challengeId, told.environment);
      const row = {
        id,
        type: told.type,
        challengeId,
        environment: told.environment ?? null,
        occurredAt: told.occurredAt ? new Date(told.occurredAt) : null,
        payload: told.payload,
        receivedAt: ctx.clock.now(),
        tokenId: ctx.actor.type === 'token' ? ctx.actor.tokenId : null,
      };
      const [inserted] = await tx.insert(platformEvents).values(row).onConflictDoNothing().returning();
      const stored = inserted ?? (await firstOf(tx, row));
      if (inserted) {
        const { environment } = row;
        await sendLater(ctx, tx, `lapse/${row.type}`, { eventId: id, challengeId, environment });
      }
      await event.succeed(tx, { newValue: { eventId: id, type: row.type, repeated: !inserted } });
      const { type, environment, occurredAt, receivedAt } = stored;
      return { id, type, challengeId, environment, occurredAt, receivedAt };
    }),
  );
}

async function assertChallenge(tx: Transaction, challengeId: number): Promise<void> {
  const [found] = await tx
    .select({ id: challenges.id })
    .from(challenges)
    .where(eq(challenges.id, challengeId));
  if (!found) throw notFound(`There is no challenge ${challengeId}.`);
}

type Row = typeof platformEvents.$inferSelect;

/** The event that has the id already. Throws 'conflict' when it says something else. */
async function firstOf(tx: Transaction, row: Row): Promise<Row> {
  const [first] = await tx.select().from(platformEvents).where(eq(platformEvents.id, row.id));
  if (!first) throw new Error(`the event ${row.id} was neither written nor found`);
  if (whatItSays(first) === whatItSays(row)) return first;
  throw conflict(
    `The event ${JSON.stringify(row.id)} was received before and says something else. Give each event an id of its own.`,
  );
}

/** All that the platform said, in one spelling: jsonb does not keep the order of keys. */
function whatItSays({ type, challengeId, environment, occurredAt, payload: said }: Row): string {
  return JSON.stringify([type, challengeId, environment, occurredAt?.toISOString() ?? null, sorted(said)]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
