import path from 'node:path';
import type { Context } from '@/lib/people/context';
import { readEnv } from '@/lib/platform/env';
import { LapseError } from '@/lib/platform/errors';
import { withDuckDb } from '../archive/duckdb';
import { withWorkFolder } from '../archive/work-folder';
import { StoreUnavailable, withArchiveFile } from './archive-file';
import { isStillThere, type NeededArchive } from './needed-archives';
import type { OpenArchive } from './read-archive';
import { inTurn } from './slots';

/** An archive that could not be searched, and why; what it holds may be missing. */
export interface UnreachableArchive {
  archive: NeededArchive;
  /** For people. */
  why: string;
}

export interface ReaderOptions {
  /** Milliseconds of the clock of `performance`; who waits for an archive gives up then. */
  deadline: number;
}

/** Archives were replaced or let go while they were being read: the search begins again. */
export class ArchivesChanged extends Error {}

const workFolder = (): string =>
  path.join(/* turbopackIgnore: true */ readEnv().LAPSE_DATA_DIR, 'audit-search');

/** Reads archives one after the other with one DuckDB, and keeps account of those that it read and those that it could not. */
export class ArchiveReader {
  readonly read = new Set<NeededArchive>();
  readonly unreachable: UnreachableArchive[] = [];
  #storeIsDown = false;

  constructor(
    private readonly ctx: Context,
    private readonly duck: OpenArchive['duck'],
    private readonly options: ReaderOptions,
  ) {}

  /** What `work` finds in an archive; null when it cannot be read. Throws ArchivesChanged when it is none any more. */
  async open<T>(archive: NeededArchive, work: (open: OpenArchive) => Promise<T>): Promise<T | null> {
    const patienceMs = this.options.deadline - performance.now();
    const options = { patienceMs, onlyCached: this.#storeIsDown };
    try {
      const found = await withArchiveFile(this.ctx, archive, options, (file) =>
        work({ duck: this.duck, file }),
      );
      this.read.add(archive);
      return found;
    } catch (error) {
      if (!(await isStillThere(this.ctx.db, archive.id))) throw new ArchivesChanged();
      if (error instanceof StoreUnavailable) this.#storeIsDown = true;
      this.miss(archive, this.#whyOf(error, archive));
      return null;
    }
  }

  /** Puts on account that an archive was not read; `why` is for people. */
  miss(archive: NeededArchive, why: string): void {
    this.read.delete(archive);
    if (!this.unreachable.some((each) => each.archive === archive)) this.unreachable.push({ archive, why });
  }

  #whyOf(error: unknown, archive: NeededArchive): string {
    if (error instanceof LapseError) return error.message;
    this.ctx.log.error({ err: error, archive: archive.id }, 'an archive of audit events could not be read');
    return "It could not be read as an archive; the server's log has the details.";
  }
}

/** What people call an archive. */
export const archiveName = ({
  tier,
  period,
  part,
}: Pick<NeededArchive, 'tier' | 'period' | 'part'>): string =>
  `The ${tier} archive of ${tier === 'cold' ? period.slice(0, 7) : period}${part > 1 ? `, part ${part}` : ''}`;

/** Opens a reader for the time of `work`; at most two at a time in this process, the others wait. */
export async function withArchiveReader<T>(
  ctx: Context,
  options: ReaderOptions,
  work: (reader: ArchiveReader) => Promise<T>,
): Promise<T> {
  return inTurn(() =>
    withWorkFolder(workFolder(), (folder) =>
      withDuckDb(folder, (duck) => work(new ArchiveReader(ctx, duck, options))),
    ),
  );
}

/** Does `work` again when archives changed under it, which happens when a month is compacted or expires meanwhile. */
export async function unlessChanged<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ArchivesChanged)) throw error;
      if (attempt === 5) {
        throw new LapseError('unavailable', 'The archives are being rearranged; search again in a moment.');
      }
    }
  }
}
