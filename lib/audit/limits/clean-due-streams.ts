import { sql } from 'drizzle-orm';
import type { StoredLimits } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { formatBytes, formatCount } from '@/lib/platform/format';
import type { ChainKeys } from '../seal/append-statement';
import { applyPendingLimits } from './change-limits';
import { noteFailure } from './clean-after-append';
import { type CleanedStream, cleanStream } from './clean-stream';

/** Activations of the job are not to the second: a stream whose interval ends so soon is looked at now. */
const EARLY_MS = 60 * 1000;

/** One activation, over all streams with limits. */
export interface CleanedStreams {
  /** Streams that were looked at; the others were cleaned less than their interval ago. */
  looked: number;
  /** Those of which something went. */
  cleaned: CleanedStream[];
  events: number;
  bytes: number;
  /** Streams that are not within their limits, and why. */
  alarms: { stream: string; why: string }[];
  failed: { stream: string; why: string }[];
}

interface DueStream extends Record<string, unknown> {
  name: string;
  limits: StoredLimits | null;
  last_cleanup_at: string | null;
}

/**
 * Puts limits into force whose day has come, and cleans each stream whose interval since its last cleanup is over (M1, M2). A
 * stream that fails is told in `failed` and keeps what it has; the others go on. For jobs.
 */
export async function cleanDueStreams(ctx: Context, { keys }: { keys: ChainKeys }): Promise<CleanedStreams> {
  const done: CleanedStreams = { looked: 0, cleaned: [], events: 0, bytes: 0, alarms: [], failed: [] };
  const streams = await ctx.db.execute<DueStream>(sql`
    select name, limits, last_cleanup_at::text as last_cleanup_at from audit_streams
    where limits is not null or pending_limits is not null
    order by name`);
  for (const stream of streams) {
    try {
      const isNew = await applyPendingLimits(ctx, stream.name);
      if (!isNew && !isDue(stream, ctx.clock.now())) continue;
      done.looked += 1;
      add(done, await cleanStream(ctx, stream.name, { keys, trigger: 'schedule' }));
    } catch (error) {
      done.failed.push({ stream: stream.name, why: await noteFailure(ctx, stream.name, error) });
    }
  }
  return done;
}

function isDue({ limits, last_cleanup_at: last }: DueStream, now: Date): boolean {
  if (limits === null) return false;
  const since = last === null ? null : now.getTime() - Date.parse(last);
  // A cleanup that is still to come was one of a clock that has been set back: its interval would end who knows when.
  return since === null || since < 0 || since >= limits.cleanupIntervalMs - EARLY_MS;
}

function add(done: CleanedStreams, cleaned: CleanedStream): void {
  if (cleaned.removed.events > 0) done.cleaned.push(cleaned);
  done.events += cleaned.removed.events;
  done.bytes += cleaned.removed.bytes;
  if (cleaned.alarm !== null) done.alarms.push({ stream: cleaned.stream, why: cleaned.alarm });
}

/** An activation in sentences; empty when there was nothing to say. */
export function cleanedWords({ cleaned, events, bytes, alarms, failed }: CleanedStreams): string {
  const words: string[] = [];
  if (cleaned.length > 0) {
    words.push(
      `${formatCount(events, 'event')} (${formatBytes(bytes)}) of ${formatCount(cleaned.length, 'stream')} went by their limits.`,
    );
  }
  for (const { stream, why } of alarms) words.push(`“${stream}” is not within its limits. ${why}`);
  for (const { stream, why } of failed) words.push(`“${stream}” could not be cleaned: ${why}`);
  return words.join(' ');
}

/** The counters of an activation, for its run. */
export const cleanedCounts = ({ looked, events, bytes, alarms, failed }: CleanedStreams) => ({
  streams_looked_at: looked,
  events_over_limits: events,
  bytes_over_limits: bytes,
  streams_over_limits: alarms.length,
  streams_failed: failed.length,
});
