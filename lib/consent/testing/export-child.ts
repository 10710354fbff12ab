/*
 * Exports the history of one challenge as a reader who takes each piece and drops it, and prints, as JSON, how many bytes
 * it was and the most memory that was in use after a collection. Started by export-memory.test.ts with --expose-gc.
 * Arguments: the URL of the database, the id of the challenge, the format.
 */
import { connect } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { systemClock } from '@/lib/platform/clock';
import type { ExportFormat } from '@/lib/platform/export/row-format';
import { streamOf } from '@/lib/platform/export/stream-of';
import { log } from '@/lib/platform/log';
import { exportConsentHistory } from '../export-consent-history';

const [url = '', challengeId = '', format = ''] = process.argv.slice(2);
const { gc } = globalThis;
if (!gc) throw new Error('start it with --expose-gc');

const database = connect(url);
const ctx = { db: database.db, clock: systemClock, log, actor: { type: 'cli', osUser: 'test' } } as Context;
const stream = await streamOf(async (write) => {
  const input = { format: format as ExportFormat, challengeId: Number(challengeId) };
  await exportConsentHistory(ctx, input, write);
});
let [bytes, peak] = [0, 0];
for await (const piece of stream) {
  bytes += piece.length;
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  peak = Math.max(peak, heapUsed + arrayBuffers);
}
await database.close();
console.log(JSON.stringify({ bytes, peak }));
