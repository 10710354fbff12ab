import { z } from 'zod';
import { parse } from '@/lib/platform/parse';
import type { StandingLimits, setLimits } from './change-limits';
import type { LimitsPreview } from './preview-limits';
import type { placeStreamHold, StreamHold } from './stream-holds';
import type { StreamLimits } from './stream-limits';
import type { StreamStanding } from './stream-standings';

/*
 * Streams as the REST API says them. Instants are ISO 8601 in UTC; limits have the names of the reference.
 */

export const streamDocument = (stream: StreamStanding) => ({
  name: stream.name,
  created_at: stream.createdAt,
  events: stream.events,
  bytes: stream.bytes,
  is_estimate: stream.isEstimate,
  limits: stream.limits,
  limits_since: stream.limitsSince,
  threshold_bytes: stream.thresholdBytes,
  pending: stream.pending,
  last_cleanup_at: stream.lastCleanupAt,
  pruned_events: stream.prunedEvents,
  pruned_bytes: stream.prunedBytes,
  alarm: stream.alarm,
  active_holds: stream.activeHolds,
});

export const streamHoldDocument = (hold: StreamHold) => ({
  id: hold.id,
  state: hold.releasedAt ? 'released' : 'active',
  matter: hold.matter,
  reason: hold.reason,
  placed_at: hold.placedAt,
  placed_by: hold.placedBy,
  released_at: hold.releasedAt,
  released_by: hold.releasedBy,
  release_reason: hold.releaseReason,
});

export const standingDocument = ({ inForce, pending }: StandingLimits) => ({ limits: inForce, pending });

export const previewDocument = ({ isMore, ...preview }: LimitsPreview) => ({
  before: preview.before,
  removed: preview.removed,
  after: preview.after,
  is_more: isMore,
  steps: preview.steps,
  obstacle: preview.obstacle,
  copies: preview.copies,
  from: preview.from,
});

const reasoned = z.strictObject({ reason: z.unknown() }).partial();
const limited = z.strictObject({ limits: z.unknown(), reason: z.unknown() }).partial();
const tried = z.strictObject({ limits: z.unknown() }).partial();
const held = z.strictObject({ matter: z.unknown(), reason: z.unknown() }).partial();

/** What the verbs take, from a body; they say themselves what is wrong with a value. Throw 'invalid' for unknown names. */
export const limitsOfWire = (stream: string, body: unknown) =>
  ({ stream, ...parse(limited, body ?? {}) }) as Parameters<typeof setLimits>[1];

export const triedLimitsOfWire = (stream: string, body: unknown) =>
  ({ stream, ...parse(tried, body ?? {}) }) as { stream: string; limits: StreamLimits };

export const reasonOfWire = (body: unknown) => parse(reasoned, body ?? {}).reason as string;

export const holdOfWire = (stream: string, body: unknown) =>
  ({ stream, ...parse(held, body ?? {}) }) as Parameters<typeof placeStreamHold>[1];
