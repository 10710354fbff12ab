import { open, rm } from 'node:fs/promises';
import { z } from 'zod';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden, invalid, LapseError } from '@/lib/platform/errors';
import type { Write } from '@/lib/platform/export/row-format';
import { ReaderGone } from '@/lib/platform/export/stream-of';
import { parse } from '@/lib/platform/parse';
import { withDuckDb } from '../archive/duckdb';
import { withWorkFolder } from '../archive/work-folder';
import { type EventFilter, type EventFilterInput, eventFilter, instant } from '../event-filter';
import { audited, type OpenEvent } from '../record';
import type { RetentionFloor } from '../retention-floor';
import { within } from '../search/within';
import { type ClosedWindow, closedWindow } from './closed-window';
import { AUDIT_EXPORT_FORMATS, type AuditExportFormat, auditRowFormat } from './export-format';
import { assertInTime } from './export-time';
import { removeLeftovers } from './leftovers';
import { missingEvents, missingWords } from './missing-events';
import { ParquetFile } from './parquet-file';
import { exportFolder, readWindow } from './read-window';

/** Files that one process makes at a time: each may need 150 MB, for as long as its reader takes. */
const MOST_AT_ONCE = 2;
const PIECE_BYTES = 256 * 1024;
/** Whoever takes no piece for so long, and does not go either, makes room for the next one. */
const PATIENCE_MS = 10 * 60 * 1000;

const ownInput = z
  .object({
    format: z.enum(AUDIT_EXPORT_FORMATS, `use one of ${AUDIT_EXPORT_FORMATS.join(', ')}`),
    /** The half-open window of when events became final here: what makes an export one that can be repeated. */
    recordedFrom: instant.optional(),
    /** At most the horizon; left out: the horizon. */
    recordedTo: instant.optional(),
    /** True: what is left of a window of which something is gone. */
    partial: z.boolean('use true or false').default(false),
  })
  .strict();
export type AuditExportInput = z.input<typeof ownInput> & EventFilterInput;

/** What a file holds. */
export interface AuditExportFacts {
  format: AuditExportFormat;
  /** The window by which the same file can be had again. */
  recordedFrom: string;
  recordedTo: string;
  /** From when on there is everything, of a file that asked for more; null: it is whole. */
  floor: RetentionFloor | null;
  /** Events that came into the window after it was closed; they are in no export of it. */
  lateEvents: number;
}

export interface AuditExport extends AuditExportFacts {
  rows: number;
  bytes: number;
}

export interface ExportReader {
  write: Write;
  /** Told what the file holds, before its first piece. */
  onOpen?: (facts: AuditExportFacts) => void;
  /** Told how many events were read so far. */
  onProgress?: (rows: number) => void;
  /** Aborted when nobody waits for the file any more. */
  signal?: AbortSignal | undefined;
  /** Milliseconds until a piece that nobody takes ends it; 10 minutes. */
  patienceMs?: number;
}

/**
 * Writes the final events that a filter lets through, of all tiers, into a file (B7), in the order in which they became final. The
 * same window gives the same events again, whatever came later and wherever they moved; what is not there any more, or cannot be
 * read, makes it fail, never shorter, and so does taking over 3 hours. For admins, auditors and tokens that read the audit log; the audit event says what was
 * asked for and how it ended. Throws 'invalid', 'forbidden', 'conflict', 'rate_limited', 'unavailable', and ReaderGone when `write` does.
 */
export async function exportAuditLog(
  ctx: Context,
  args: AuditExportInput,
  reader: ExportReader,
): Promise<AuditExport> {
  const { input, filter } = readInput(args);
  return audited(ctx, { action: 'audit-log.export' }, async (event) => {
    const work = new Export(ctx, input, filter, reader);
    try {
      const done = await work.run();
      work.note(event, 'complete');
      return done;
    } catch (error) {
      work.note(event, outcomeOf(error));
      throw error;
    }
  });
}

type OwnInput = z.output<typeof ownInput>;

function readInput({ format, recordedFrom, recordedTo, partial, ...filters }: AuditExportInput) {
  const input = parse(ownInput, { format, recordedFrom, recordedTo, partial });
  const filter = parse(eventFilter, filters);
  if (filter.result === 'open') {
    const why = 'events that are not completed are in no export: use one of success, error, timeout';
    throw invalid(`result: ${why}.`, { result: why });
  }
  return { input, filter };
}

type Outcome = 'complete' | 'aborted' | 'refused' | 'failed';

function outcomeOf(error: unknown): Outcome {
  if (error instanceof ReaderGone) return 'aborted';
  const isRefusal = error instanceof LapseError && error.code !== 'unavailable';
  return isRefusal ? 'refused' : 'failed';
}

let underWay = 0;

class Export {
  #facts: AuditExportFacts | null = null;
  #rows = 0;
  #bytes = 0;
  readonly #began: Date;

  constructor(
    private readonly ctx: Context,
    private readonly input: OwnInput,
    private readonly filter: EventFilter,
    private readonly reader: ExportReader,
  ) {
    this.#began = ctx.clock.now();
  }

  async run(): Promise<AuditExport> {
    if (!can(this.ctx.actor, 'audit.read')) throw forbidden('Only admins and auditors export the audit log.');
    if (underWay >= MOST_AT_ONCE) {
      const words = `${MOST_AT_ONCE} exports of the audit log are being written; ask again when one has ended.`;
      throw new LapseError('rate_limited', words);
    }
    underWay += 1;
    try {
      const { format } = this.input;
      const window = await this.#open();
      await (format === 'parquet' ? this.#packed(window) : this.#lines(window, format));
    } finally {
      underWay -= 1;
    }
    if (!this.#facts) throw new Error('an export ended that had not begun');
    return { ...this.#facts, rows: this.#rows, bytes: this.#bytes };
  }

  note(event: OpenEvent, outcome: Outcome): void {
    const { format, ...asked } = this.input;
    const { floor, recordedFrom, recordedTo, lateEvents } = this.#facts ?? {
      ...asked,
      floor: null,
      lateEvents: 0,
    };
    const what = { format, filters: this.filter, recordedFrom, recordedTo, partial: asked.partial };
    const done = { rows: this.#rows, bytes: this.#bytes, outcome };
    event.note({
      newValue: {
        ...what,
        ...(floor && { completeFrom: floor }),
        ...(lateEvents > 0 && { lateEvents }),
        ...done,
      },
    });
  }

  async #open(): Promise<ClosedWindow> {
    const { format, recordedFrom, recordedTo, partial } = this.input;
    const window = await closedWindow(this.ctx.db, { from: recordedFrom, to: recordedTo });
    const floor = await missingEvents(this.ctx.db, this.filter, window);
    const { from, to, lateEvents } = window;
    this.#facts = { format, recordedFrom: from, recordedTo: to, floor, lateEvents };
    if (floor && !partial) throw new LapseError('conflict', missingWords(floor));
    this.reader.onOpen?.(this.#facts);
    return window;
  }

  async #lines(window: ClosedWindow, format: 'csv' | 'ndjson'): Promise<void> {
    const { head, line } = auditRowFormat(format);
    let waiting = head;
    await this.#read(window, async (events) => {
      await this.#write(waiting + events.map(line).join(''));
      waiting = '';
    });
    if (waiting !== '') await this.#write(waiting);
  }

  async #packed(window: ClosedWindow): Promise<void> {
    const parent = exportFolder();
    await removeLeftovers(parent, this.ctx.clock.now());
    await withWorkFolder(parent, async (folder) => {
      const file = await withDuckDb(folder, async (duck) => {
        const parquet = new ParquetFile(duck, folder);
        await this.#read(window, (events) => parquet.add(events));
        return parquet.finish();
      });
      const handle = await open(file);
      try {
        // It has no name any more, so it goes with this process at the latest.
        await rm(folder, { recursive: true });
        const pieces = handle.createReadStream({ highWaterMark: PIECE_BYTES, autoClose: false });
        for await (const piece of pieces) await this.#write(piece as Buffer);
      } finally {
        await handle.close();
      }
    });
  }

  async #read(window: ClosedWindow, take: Parameters<typeof readWindow>[3]): Promise<void> {
    await readWindow(this.ctx, this.filter, window, async (events) => {
      if (this.reader.signal?.aborted) throw new ReaderGone(this.reader.signal.reason);
      assertInTime(this.#began, this.ctx.clock.now(), this.#rows);
      await take(events);
      this.#rows += events.length;
      this.reader.onProgress?.(this.#rows);
    });
    const floor = await missingEvents(this.ctx.db, this.filter, window);
    if (JSON.stringify(floor) !== JSON.stringify(this.#facts?.floor)) {
      throw new LapseError('unavailable', 'Events of this window were removed for good while it was read.');
    }
  }

  async #write(piece: string | Uint8Array): Promise<void> {
    const { write, patienceMs = PATIENCE_MS } = this.reader;
    assertInTime(this.#began, this.ctx.clock.now(), this.#rows);
    const taken = write(piece);
    await within(taken, patienceMs, 'Nobody took the next piece.').catch((error) => {
      throw error instanceof LapseError && error.code === 'unavailable' ? new ReaderGone(error) : error;
    });
    this.#bytes += Buffer.byteLength(piece);
  }
}
