import { dayClosedBy } from '../seal/segment-day';
import { type DuckDb, readParquet } from './duckdb';
import type { Manifest } from './manifest';

/** What a manifest says of the events of an archive that lies in a local file. */
export type ArchiveFacts = Pick<Manifest, 'rows' | 'started' | 'streams'>;

/** Counted anew from the file. */
export async function factsOf(duck: DuckDb, parquet: string): Promise<ArchiveFacts> {
  const from = `from ${readParquet([parquet])}`;
  const format = `'%Y-%m-%dT%H:%M:%S.%fZ'`;
  const [[rows, first, last] = []] = await duck.rows(
    `select count(*)::double, strftime(min(time_started), ${format}), strftime(max(time_started), ${format}) ${from}`,
  );
  const streams = await duck.rows(`select distinct stream ${from} order by stream`);
  return {
    rows: Number(rows),
    started: typeof first === 'string' && typeof last === 'string' ? { first, last } : null,
    streams: streams.map(([stream]) => String(stream)),
  };
}

/**
 * What a manifest says that its events and windows do not, for people: nobody has signed it, and who looks for something in
 * downloaded archives goes by it. What the part is called cannot be checked.
 */
export function mislabelled(manifest: Manifest, facts: ArchiveFacts): string[] {
  const { tier, period, started, streams, segments } = manifest;
  const length = tier === 'cold' ? 7 : 10;
  const isOfPeriod =
    (tier === 'warm' || period.endsWith('-01')) &&
    segments.every(({ window }) =>
      // Archives were once named by the days on which windows begin.
      [dayClosedBy(window.end), window.start].some((day) => day.slice(0, length) === period.slice(0, length)),
    );
  const isSameTime = started?.first === facts.started?.first && started?.last === facts.started?.last;
  return [
    ...(isOfPeriod ? [] : [`The manifest says ${tier} and ${period}, and its windows are of another time.`]),
    ...(isSameTime ? [] : ['The manifest says that its events began at other times than they did.']),
    ...(streams.join() === facts.streams.join()
      ? []
      : ['The manifest names other streams than its events have.']),
  ];
}
