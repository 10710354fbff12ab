import { readdir, readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { invalid } from '@/lib/platform/errors';
import { checkArchive } from '../archive/check-archive';
import { type DuckDb, FOR_ARCHIVES, withDuckDb } from '../archive/duckdb';
import { type Manifest, readManifest } from '../archive/manifest';
import { withWorkFolder } from '../archive/work-folder';
import { acceptedKeys } from '../seal/chain-keys';
import { joinRanges, type NumberRange, rangesOf, without } from '../seal/number-ranges';
import type { ExpireStatement } from '../seal/statement';
import type { KnownKey, Problem, TrustedKeys } from './chain';
import { checkFolderChain } from './folder-chain';

export interface FolderVerification {
  archives: number;
  segments: number;
  /** Events that were read and hashed anew; those that a daily and a monthly archive hold count once. */
  events: number;
  /** Archives that lawfully are no more, as signed statements of the folder say. */
  expired: number;
  /** The first and the last statement that the archives hold; null when there is none. Before the first, only keys are known. */
  statements: { first: number; last: number } | null;
  /** The half-open range of time_completed between the first and the last window. */
  window: { start: string; end: string } | null;
  keys: KnownKey[];
  problems: Problem[];
}

export interface VerifyFolderOptions extends TrustedKeys {
  /** Called after each archive. */
  onProgress?: (done: { archives: number; events: number }) => void;
}

/**
 * Checks downloaded archives with their manifests (B4), offline: bytes, every root hashed anew from the events, the signatures
 * and the chain of the statements, and that no segment lies between two archives that is in none. Needs no server and no
 * database. Throws 'invalid' for a folder without archives.
 */
export async function verifyFolder(
  folder: string,
  { onProgress, ...trusted }: VerifyFolderOptions = {},
): Promise<FolderVerification> {
  const files = await manifestsIn(folder);
  if (files.length === 0) {
    throw invalid(`${folder} has no archives: none of its files ends in ${SUFFIX}.`);
  }
  const problems: Problem[] = [];
  const manifests: Manifest[] = [];
  const segments = new Set<number>();
  let events = 0;
  const check = async (duck: DuckDb) => {
    for (const file of files) {
      const checked = await checkOne(duck, folder, file);
      problems.push(...checked.problems);
      if (checked.manifest) manifests.push(checked.manifest);
      events += newEvents(checked, segments);
      onProgress?.({ archives: manifests.length, events });
    }
  };
  await withWorkFolder(os.tmpdir(), (work) => withDuckDb(work, check, FOR_ARCHIVES));
  const chain = checkFolderChain(manifests, { acceptedKeys: acceptedKeys(), ...trusted });
  return {
    archives: manifests.length,
    segments: segments.size,
    events,
    expired: chain.expiries.length,
    statements: chain.statements,
    window: windowOf(manifests),
    keys: chain.keys,
    problems: [...problems, ...chain.problems, ...missingSegments(segments, chain.expiries)],
  };
}

const SUFFIX = '.manifest.json';

async function manifestsIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw invalid(
      `${folder} cannot be read (${error.code ?? 'unknown'}): name a folder that holds archives.`,
    );
  });
  return found.filter((name) => name.endsWith(SUFFIX)).sort();
}

interface Checked {
  manifest: Manifest | null;
  /** Events that were read. */
  events: number;
  problems: Problem[];
}

async function checkOne(duck: DuckDb, folder: string, name: string): Promise<Checked> {
  const read = readManifest(await readFile(path.join(folder, name), 'utf8'));
  if (!read.manifest) {
    return {
      manifest: null,
      events: 0,
      problems: [{ kind: 'segment', words: `${name} cannot be used: ${read.why}.` }],
    };
  }
  const { manifest } = read;
  const object = path.join(folder, path.dirname(name), manifest.object);
  if (!(await stat(object).catch(() => null))) {
    const words = `${manifest.object}, which ${name} describes, is not in the folder.`;
    return { manifest, events: 0, problems: [{ kind: 'missing', words }] };
  }
  const { damaged, notAsSealed, rows } = await checkArchive(duck, object, manifest);
  const problems = [...damaged, ...notAsSealed].map(
    (words): Problem => ({ kind: 'altered', words: `${manifest.object}: ${words}` }),
  );
  return { manifest, events: rows, problems };
}

/** How many of the events that were read are of segments that no archive before had; notes these. */
function newEvents({ manifest, events }: Checked, segments: Set<number>): number {
  let known = 0;
  for (const segment of manifest?.segments ?? []) {
    if (segments.has(segment.id)) known += segment.events - (segment.removed?.leaves.length ?? 0);
    segments.add(segment.id);
  }
  return Math.max(0, events - known);
}

/**
 * Segments are numbered without a gap, so what is missing between two of them shows. An archive that expired may have had
 * segments that were sealed late, between those of others.
 */
function missingSegments(segments: ReadonlySet<number>, expiries: readonly ExpireStatement[]): Problem[] {
  const there = rangesOf([...segments]);
  const expired = joinRanges(expiries.flatMap((statement) => statement.segments));
  return there.flatMap(([first], index): Problem[] => {
    const before = there[index - 1];
    return before ? without([before[1] + 1, first - 1], expired).map(missing) : [];
  });
}

const missing = ([first, last]: NumberRange): Problem => ({
  kind: 'missing',
  words: `${first === last ? `Segment ${first} lies` : `Segments ${first} to ${last} lie`} in no archive of the folder. If they expired since the newest of its archives was made, the next one tells of it.`,
});

function windowOf(manifests: readonly Manifest[]): FolderVerification['window'] {
  const windows = manifests.flatMap(({ segments }) => segments.map(({ window }) => window));
  if (windows.length === 0) return null;
  return {
    start: windows.reduce((first, { start }) => (start < first ? start : first), windows[0]?.start ?? ''),
    end: windows.reduce((last, { end }) => (end > last ? end : last), ''),
  };
}
