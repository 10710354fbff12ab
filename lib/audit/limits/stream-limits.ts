import { z } from 'zod';
import type { StoredLimits } from '@/db/schema/audit-archive';
import { shown, wholeNumber } from '@/lib/platform/fields';
import { formatLimit } from '@/lib/platform/format';
import { MINUTE_MS, periodMs, sayPeriod } from './period';

/** Limits as people and programs write them, with the names of the reference: periods as '168h', sizes in bytes. */
export interface StreamLimits {
  /** Events that became final earlier than so long ago go. */
  retentionPeriod: string;
  /** As many events stay, the newest. */
  maxEntries: number;
  /** Bytes of the canonical encodings, as segments count them. */
  maxSizeBytes: number;
  /** How long after a cleanup the job leaves the stream alone. */
  cleanupInterval: string;
  /** Events of one statement within a cleanup. */
  cleanupBatchSize: number;
  /** Percent of maxSizeBytes: an append that goes beyond it is followed by a cleanup at once, which ends at or below it. */
  emergencyThresholdPercent: number;
}

/** Those of the reference; what the form begins with. A stream has none until somebody sets them. */
export const DEFAULT_LIMITS: Readonly<StreamLimits> = {
  retentionPeriod: '168h',
  maxEntries: 1000,
  maxSizeBytes: 819_200,
  cleanupInterval: '1h',
  cleanupBatchSize: 100,
  emergencyThresholdPercent: 90,
};

const HOUR_MS = 60 * MINUTE_MS;
const PERIOD = { min: HOUR_MS, max: 3653 * 24 * HOUR_MS };
/** The job that looks at the streams runs every 10 minutes: a shorter interval would be a promise that nobody keeps. */
const INTERVAL = { min: 10 * MINUTE_MS, max: 720 * HOUR_MS };
/** Below it the threshold would leave no room for an event of usual size. */
const MIN_THRESHOLD_BYTES = 1024;

function period({ min, max }: { min: number; max: number }) {
  const allowed = `use whole hours or minutes such as 168h or 90m, from ${sayPeriod(min)} to ${sayPeriod(max)}`;
  return z
    .string({ error: (issue) => `${shown(issue.input)} is no period: ${allowed}` })
    .transform((text, issues) => {
      const ms = periodMs(text);
      if (ms !== null && ms >= min && ms <= max) return ms;
      issues.addIssue({ code: 'custom', message: `${shown(text)} is not allowed: ${allowed}` });
      return z.NEVER;
    });
}

const fields = z.strictObject({
  retentionPeriod: period(PERIOD),
  maxEntries: wholeNumber(1, 10_000_000, 'number of events'),
  maxSizeBytes: wholeNumber(MIN_THRESHOLD_BYTES, 1_099_511_627_776, 'number of bytes'),
  cleanupInterval: period(INTERVAL),
  cleanupBatchSize: wholeNumber(1, 10_000, 'number of events'),
  emergencyThresholdPercent: wholeNumber(1, 100, 'percentage'),
});

/** Limits as somebody gives them, all six; what comes out is as they are stored. */
export const streamLimits = fields
  .check(({ value, issues }) => {
    if (value.cleanupInterval > value.retentionPeriod) {
      issues.push({
        code: 'custom',
        path: ['cleanupInterval'],
        message: `${sayPeriod(value.cleanupInterval)} is longer than the retention period: use at most ${sayPeriod(value.retentionPeriod)}, or events stay twice as long as they may`,
        input: value.cleanupInterval,
      });
    }
    const threshold = Math.floor((value.maxSizeBytes * value.emergencyThresholdPercent) / 100);
    if (threshold < MIN_THRESHOLD_BYTES) {
      issues.push({
        code: 'custom',
        path: ['emergencyThresholdPercent'],
        message: `${value.emergencyThresholdPercent}% of ${formatLimit(value.maxSizeBytes)} bytes are ${formatLimit(threshold)}: a cleanup must leave room for at least ${formatLimit(MIN_THRESHOLD_BYTES)} bytes`,
        input: value.emergencyThresholdPercent,
      });
    }
  })
  .transform(
    ({ retentionPeriod, cleanupInterval, ...others }): StoredLimits => ({
      retentionPeriodMs: retentionPeriod,
      cleanupIntervalMs: cleanupInterval,
      ...others,
    }),
  );

/** Stored limits as they are written. */
export const writtenLimits = ({
  retentionPeriodMs,
  maxEntries,
  maxSizeBytes,
  cleanupIntervalMs,
  cleanupBatchSize,
  emergencyThresholdPercent,
}: StoredLimits): StreamLimits => ({
  retentionPeriod: sayPeriod(retentionPeriodMs),
  maxEntries,
  maxSizeBytes,
  cleanupInterval: sayPeriod(cleanupIntervalMs),
  cleanupBatchSize,
  emergencyThresholdPercent,
});

/** The bytes that a cleanup leaves at the most, and that an append may not go beyond without one; so also those of one event. */
export const thresholdBytes = (limits: Pick<StoredLimits, 'maxSizeBytes' | 'emergencyThresholdPercent'>) =>
  Math.floor((limits.maxSizeBytes * limits.emergencyThresholdPercent) / 100);

/** The limits that decide what goes; the other two only say when and in which steps. */
const DECIDING = [
  'retentionPeriodMs',
  'maxEntries',
  'maxSizeBytes',
  'emergencyThresholdPercent',
] as const satisfies readonly (keyof StoredLimits)[];

/** Limits that keep whatever one of both keeps: `next`, where it is wider than `before`. */
export function widest(before: StoredLimits, next: StoredLimits): StoredLimits {
  const wide = { ...next };
  for (const name of DECIDING) wide[name] = Math.max(before[name], next[name]);
  return wide;
}

/** Whether `next` could remove what `before` keeps; null: there were no limits. */
export const isNarrower = (next: StoredLimits, before: StoredLimits | null): boolean =>
  before === null || DECIDING.some((name) => next[name] < before[name]);

export const sameLimits = (a: StoredLimits | null, b: StoredLimits | null): boolean =>
  a === null || b === null
    ? a === b
    : a.cleanupIntervalMs === b.cleanupIntervalMs &&
      a.cleanupBatchSize === b.cleanupBatchSize &&
      DECIDING.every((name) => a[name] === b[name]);

/** Of an event that is refused since the next cleanup could not keep it (M3), nor anything before it. */
export const sayTooLarge = (bytes: number, limits: StoredLimits): string =>
  `it has ${formatLimit(bytes)} bytes in the log, and this stream takes events of at most ${formatLimit(thresholdBytes(limits))}: ${limits.emergencyThresholdPercent}% of the ${formatLimit(limits.maxSizeBytes)} bytes that it may have`;
