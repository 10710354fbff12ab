import { z } from 'zod';
import { parse } from '@/lib/platform/parse';
import { platformEventInput, type ReceivedPlatformEvent } from './receive-platform-event';

/*
 * A platform event as the REST API writes it, with the platform's spelling of names.
 */

const { id, type, challengeId, environment, occurredAt, payload } = platformEventInput.shape;

const wire = z.strictObject({
  id,
  type,
  challenge_id: challengeId,
  environment,
  occurred_at: occurredAt,
  payload,
});

/** Reads the body of a request. Throws 'invalid' with the fields as they are spelled there. */
export function platformEventOfWire(body: unknown): z.input<typeof platformEventInput> {
  const { challenge_id, occurred_at, ...same } = parse(wire, body);
  return { ...same, challengeId: challenge_id, occurredAt: occurred_at };
}

export function platformEventToWire(event: ReceivedPlatformEvent): Record<string, unknown> {
  const { challengeId: challenge_id, occurredAt: occurred_at, receivedAt: received_at, ...same } = event;
  return { ...same, challenge_id, occurred_at, received_at };
}
