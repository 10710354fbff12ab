import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { storeNow } from '@/lib/platform/storage/store-now';
import { type OverviewRows, type OverviewTimes, overviewRows, type PlaceRow } from './overview-rows';
import type { AnonymousReason, HeldBackReason } from './reasons';

/** Days from now on that are told apart; what may go later is one sum. */
export const DAYS_AHEAD = 60;

export interface Amount {
  transcripts: number;
  recordings: number;
  meetings: number;
  /** That are not deleted yet, of all of these. What several share is one file, as in a plan. */
  files: number;
  /** Of the files whose size the platform said. */
  bytes: number;
  filesOfUnknownSize: number;
}

/** What falls due, and when, if no policy changes and nothing else arrives. */
export interface ComingDue {
  /** What goes with the next run. */
  now: Amount;
  /** Transcripts whose period is over and that no run takes, because a file would stay; by reason. */
  heldBack: Partial<Record<HeldBackReason, number>>;
  /** By the UTC day (as 2026-11-21) on which it may first go; days without anything are left out. */
  days: (Amount & { day: string })[];
  /** After the last of DAYS_AHEAD days. */
  later: Amount;
  /** Transcripts that stay for good under the policies there are, by reason. */
  never: Partial<Record<AnonymousReason, number>>;
  /** What goes at the instant at which the policy in force begins to cover what was made before it; of `days` and `later`. */
  withPolicy: Amount;
}

/** As `db` sees it, which may be in the middle of a transaction. Access is the caller's. */
export async function comingDueIn(
  db: Queryable,
  { clock, storage }: Pick<Context, 'clock' | 'storage'>,
): Promise<ComingDue> {
  const now = clock.now();
  return comingDueOf(
    await overviewRows(db, { ...comingTimes(now), oldEnough: now }, await storeNow(storage)),
  );
}

export const comingTimes = (now: Date): Pick<OverviewTimes, 'now' | 'end'> => ({
  now,
  end: addDays(now, DAYS_AHEAD),
});

export function comingDueOf({ places, reasons, held_back: heldBack }: OverviewRows): ComingDue {
  const of = (name: string): Amount => amountOf(places.find(({ place }) => place === name));
  return {
    now: of('now'),
    heldBack: Object.fromEntries(heldBack.map(({ reason, transcripts }) => [reason, transcripts])),
    days: places
      .filter(({ place }) => /^\d/.test(place))
      .map((row) => ({ day: row.place, ...amountOf(row) }))
      .sort((one, other) => (one.day < other.day ? -1 : 1)),
    later: of('later'),
    never: neverOf(reasons),
    withPolicy: of('with policy'),
  };
}

function neverOf(rows: OverviewRows['reasons']): ComingDue['never'] {
  const never: ComingDue['never'] = {};
  for (const row of rows) {
    if (row.never > 0) never[row.reason] = (never[row.reason] ?? 0) + row.never;
  }
  return never;
}

const amountOf = (row: PlaceRow | undefined): Amount => ({
  transcripts: row?.transcripts ?? 0,
  recordings: row?.recordings ?? 0,
  meetings: row?.meetings ?? 0,
  files: row?.files ?? 0,
  bytes: Number(row?.bytes ?? 0),
  filesOfUnknownSize: row?.unknown ?? 0,
});
