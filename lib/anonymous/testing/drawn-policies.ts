import fc from 'fast-check';
import { DAY_MS } from '@/lib/platform/clock';
import { coversOldFrom, type Gap, type PublicPolicy } from '../anonymous-rule';

/** The moment at which the rule is asked. */
export const NOW = new Date('2026-11-21T09:00:00Z');
/** So many days of 24 hours after it, and some milliseconds beside that. */
export const days = (count: number, beside = 0): Date => new Date(NOW.getTime() + count * DAY_MS + beside);

export const instant = fc
  .tuple(fc.integer({ min: -60, max: 3 }), fc.constantFrom(0, 0, 0, -1, 1))
  .map(([count, beside]) => days(count, beside));
/** As they came into force. */
export const policies = fc
  .array(
    fc.record({
      publicMode: fc.integer({ min: 0, max: 4 }).map((value) => value > 0),
      retentionDays: fc.constantFrom(1, 5, 7, 14, 20, 30),
      inForceFrom: instant,
    }),
    { maxLength: 5 },
  )
  .map((list) => list.sort((one, other) => one.inForceFrom.getTime() - other.inForceFrom.getTime()));
/** Instants one after the other are the ends of gaps; the last one of an odd number is the last sign of life. */
export const signs = fc
  .uniqueArray(instant, { maxLength: 7, selector: (at) => at.getTime() })
  .map((list) => list.filter((at) => at <= NOW).sort((one, other) => one.getTime() - other.getTime()))
  .map((list) => {
    const gaps = list.flatMap((resumedAt, index) => {
      const stoppedAt = list[index - 1];
      return index % 2 === 1 && stoppedAt ? [{ stoppedAt, resumedAt }] : [];
    });
    const shown = list.length % 2 === 1 ? list.at(-1) : undefined;
    return { gaps, shown };
  });

/** With what the gaps make of each. */
export const covering = (history: readonly PublicPolicy[], gaps: readonly Gap[] = []) =>
  history.map((one) => ({ ...one, coversOldFrom: coversOldFrom(one, gaps) }));

/** In force so many days from now; they are negative for one that is. */
export const policy = (since: number, retentionDays = 7, publicMode = true): PublicPolicy => ({
  publicMode,
  retentionDays,
  inForceFrom: days(since),
});
