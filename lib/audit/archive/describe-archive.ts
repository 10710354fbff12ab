import { archiveKeys } from './archive-keys';
import type { ArchiveRow } from './archive-record';
import { digestOf } from './check-archive';
import { type DuckDb, duckText } from './duckdb';
import { MANIFEST_FORMAT, type Manifest, type ManifestLink, type ManifestSegment } from './manifest';

interface Contents {
  /** The object, in a local file. */
  parquet: string;
  segments: readonly ManifestSegment[];
  statements: readonly ManifestLink[];
}

/** The manifest of an archive that lies in a local file. */
export async function describeArchive(
  duck: DuckDb,
  { tier, period, part }: ArchiveRow,
  { parquet, segments, statements }: Contents,
): Promise<Manifest> {
  if (tier === 'hot') throw new Error('the hot tier has no archives');
  const { sha256, bytes } = await digestOf(parquet);
  return {
    format: MANIFEST_FORMAT,
    tier,
    period,
    part,
    object: archiveKeys(tier, period, part).name,
    ...(await factsOf(duck, parquet)),
    bytes,
    sha256: sha256.toString('hex'),
    segments: [...segments],
    statements: [...statements],
  };
}

async function factsOf(
  duck: DuckDb,
  parquet: string,
): Promise<Pick<Manifest, 'rows' | 'started' | 'streams'>> {
  const from = `from read_parquet(${duckText(parquet)})`;
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
