import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Context } from '@/lib/people/context';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { RECORD_KINDS } from './received';
import { platformId } from './record-fields';
import { selectRecords } from './record-queries';
import { requireAnonymousRead } from './require-read';

const input = z.strictObject({
  kind: z.enum(RECORD_KINDS),
  /** The id of the last record of the page before. */
  after: platformId.optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});

/** A record as a document with the names of the REST API. */
export type RecordDocument = Record<string, unknown>;

/**
 * Records of one kind in the order of their ids, each with its files, and whether and when it may go. For those who read
 * anonymous data. Throws 'forbidden' (which leaves an audit event) and 'invalid'.
 */
export async function listRecords(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ records: RecordDocument[]; nextAfter: string | null }> {
  await requireAnonymousRead(ctx, `anonymous-data:${args.kind}`);
  const { kind, after, limit } = parse(input, args);
  const condition = after === undefined ? sql`` : sql`where x.id > ${after}`;
  const rows = await ctx.db.execute<{ id: string; document: RecordDocument }>(
    selectRecords(kind, sql`${condition} order by x.id limit ${limit + 1}`, ctx.clock.now()),
  );
  const page = rows.slice(0, limit);
  return {
    records: page.map(({ document }) => document),
    nextAfter: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  };
}
