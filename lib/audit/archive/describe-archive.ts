import { factsOf } from './archive-facts';
import { archiveKeys } from './archive-keys';
import type { ArchiveRow } from './archive-record';
import { digestOf } from './check-archive';
import type { DuckDb } from './duckdb';
import {
  MANIFEST_FORMAT,
  type Manifest,
  type ManifestCut,
  type ManifestLink,
  type ManifestSegment,
} from './manifest';

interface Contents {
  /** The object, in a local file. */
  parquet: string;
  segments: readonly ManifestSegment[];
  statements: readonly ManifestLink[];
  /** Those that segments name. */
  cuts: readonly ManifestCut[];
}

/** The manifest of an archive that lies in a local file. */
export async function describeArchive(
  duck: DuckDb,
  { tier, period, part }: ArchiveRow,
  { parquet, segments, statements, cuts }: Contents,
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
    ...(cuts.length > 0 && { cuts: [...cuts] }),
    statements: [...statements],
  };
}
