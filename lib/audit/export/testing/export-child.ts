/*
 * Exports a window of the audit log as a reader who takes each piece and drops it, and prints, as JSON, how many bytes and rows
 * it was, the most memory that was in use after a collection, the most that the process ever had, and how long it took. Started
 * by export-memory.test.ts with --expose-gc. Arguments: the URL of the database, the folder of the objects, the format, and the
 * window from and to.
 */
import { connect } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { systemClock } from '@/lib/platform/clock';
import { streamOf } from '@/lib/platform/export/stream-of';
import { log } from '@/lib/platform/log';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { exportAuditLog } from '../export-audit-log';
import type { AuditExportFormat } from '../export-format';

const [url = '', objects = '', format = '', recordedFrom = '', recordedTo = ''] = process.argv.slice(2);
const { gc } = globalThis;
if (!gc) throw new Error('start it with --expose-gc');

const database = connect(url);
const services = { db: database.db, clock: systemClock, log, storage: new FolderStorage(objects) };
const ctx = { ...services, actor: { type: 'cli', osUser: 'test' } } as unknown as Context;
const began = performance.now();
let [bytes, rows, peak] = [0, 0, 0];
let collected = performance.now();
/** Not at each piece: collecting takes longer than exporting. */
const measure = () => {
  if (performance.now() - collected < 50) return;
  gc();
  collected = performance.now();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  peak = Math.max(peak, heapUsed + arrayBuffers);
};
const stream = await streamOf(async (write) => {
  const input = { format: format as AuditExportFormat, recordedFrom, recordedTo };
  const done = await exportAuditLog(ctx, input, { write, onProgress: measure });
  rows = done.rows;
});
for await (const piece of stream) {
  bytes += piece.length;
  measure();
}
const ms = Math.round(performance.now() - began);
await database.close();
const maxRss = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ bytes, rows, peak, maxRss, ms }));
