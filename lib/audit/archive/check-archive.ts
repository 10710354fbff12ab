import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readStatement } from '../seal/statement';
import { factsOf, mislabelled } from './archive-facts';
import { archivedLeaves } from './archive-rows';
import type { DuckDb } from './duckdb';
import type { Manifest, ManifestSegment } from './manifest';
import { SegmentTree, unlawfullyRemoved } from './removed-leaves';

export interface CheckedArchive {
  /** The bytes are not those that the manifest names: the object was altered, or broke off. */
  damaged: string[];
  /** The bytes are, but the events in them are not what was sealed. */
  notAsSealed: string[];
  rows: number;
}

/**
 * Checks an archive that lies in a local file against its manifest: size, SHA-256, rows, the place of each row, the root of
 * each segment, hashed anew from the rows, that what is not there was lawfully removed, and what else the manifest says of
 * them. Needs neither server nor database; memory stays flat.
 */
export async function checkArchive(duck: DuckDb, file: string, manifest: Manifest): Promise<CheckedArchive> {
  const damaged = await checkBytes(file, manifest);
  // What is not the object that was written is not worth reading, and may be anything.
  if (damaged.length > 0) return { damaged, notAsSealed: [], rows: 0 };
  const { rows, found } = await treesOf(duck, file, manifest.segments);
  const notAsSealed = manifest.segments.flatMap((segment) => checkSegment(segment, found.get(segment.id)));
  const known = new Set(manifest.segments.map(({ id }) => id));
  for (const id of found.keys()) {
    if (!known.has(id))
      notAsSealed.push(`There are events of segment ${id}, which the manifest does not name.`);
  }
  if (rows !== manifest.rows) {
    notAsSealed.push(`There are ${rows} rows, and the manifest names ${manifest.rows}.`);
  }
  notAsSealed.push(...unlawfullyRemoved(manifest));
  notAsSealed.push(...mislabelled(manifest, await factsOf(duck, file)));
  return { damaged, notAsSealed, rows };
}

/** The SHA-256 and the size of a file. */
export async function digestOf(file: string): Promise<{ sha256: Buffer; bytes: number }> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    sha256.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: sha256.digest(), bytes };
}

async function checkBytes(file: string, manifest: Manifest): Promise<string[]> {
  const { sha256, bytes } = await digestOf(file);
  if (bytes !== manifest.bytes) {
    return [`The object has ${bytes} bytes, and the manifest names ${manifest.bytes}.`];
  }
  return sha256.toString('hex') === manifest.sha256
    ? []
    : ['The SHA-256 of the object is not that of the manifest.'];
}

async function treesOf(
  duck: DuckDb,
  file: string,
  segments: readonly ManifestSegment[],
): Promise<{ rows: number; found: Map<number, SegmentTree> }> {
  const removed = new Map(segments.map((segment) => [segment.id, segment.removed]));
  const found = new Map<number, SegmentTree>();
  let rows = 0;
  for await (const batch of archivedLeaves(duck, file)) {
    for (const { segment, leaf, hash } of batch) {
      let tree = found.get(segment);
      if (!tree) {
        tree = new SegmentTree(removed.get(segment));
        found.set(segment, tree);
      }
      tree.add(leaf, hash);
    }
    rows += batch.length;
  }
  return { rows, found };
}

function checkSegment(segment: ManifestSegment, found: SegmentTree | undefined): string[] {
  const { id, window, late, events, root, checkpoint } = segment;
  const named = readStatement(checkpoint.body);
  const agrees =
    named?.kind === 'checkpoint' &&
    named.sequence === checkpoint.sequence &&
    named.segment === id &&
    named.window.start === window.start &&
    named.window.end === window.end &&
    named.late === late &&
    named.events === events &&
    named.root === root;
  if (!agrees) return [`Segment ${id} is not what its checkpoint says.`];
  const { size, root: hash, inOrder } = (found ?? new SegmentTree(segment.removed)).end();
  if (size !== events) return [`There are ${size} events of segment ${id}, and ${events} were sealed.`];
  if (!inOrder) return [`The events of segment ${id} are not in the order of its tree.`];
  return hash === root ? [] : [`The events of segment ${id} do not give the root that was sealed.`];
}
