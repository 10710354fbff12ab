import { ARCHIVED_COLUMNS, archivedRow } from '../archive/archive-rows';
import { leafHash } from '../seal/encoding';
import { numbered, type OpenArchive } from '../search/read-archive';

/** The leaf hashes of a segment, hashed anew from the rows of its archive, in the order of its tree. */
export async function segmentLeaves({ duck, file }: OpenArchive, segment: number): Promise<Buffer> {
  const leaves: Buffer[] = [];
  // Rows lie in the order of their leaves; whatever was moved shows in the root.
  const rows = `select ${ARCHIVED_COLUMNS} from ${numbered(file)} where segment = ${segment}`;
  for await (const batch of duck.batches(rows)) {
    for (const values of batch) leaves.push(leafHash(archivedRow(values).event));
  }
  return Buffer.concat(leaves);
}
