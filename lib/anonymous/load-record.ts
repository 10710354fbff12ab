import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Context } from '@/lib/people/context';
import { notFound } from '@/lib/platform/errors';
import { canBeKept, shown } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import type { RecordDocument } from './list-records';
import { runThatTook } from './load-gone-transcript';
import { RECORD_KINDS } from './received';
import { selectRecords } from './record-queries';
import { requireAnonymousRead } from './require-read';

const input = z.strictObject({ kind: z.enum(RECORD_KINDS), id: z.string() });

/**
 * One record, as listRecords gives it. Throws 'forbidden' (which leaves an audit event) and 'not_found', which says of a transcript
 * that a cleanup deleted when and by which run.
 */
export async function loadRecord(ctx: Context, args: z.input<typeof input>): Promise<RecordDocument> {
  await requireAnonymousRead(ctx, `anonymous-data:${args.kind}`);
  const { kind, id } = parse(input, args);
  const rows = canBeKept(id)
    ? await ctx.db.execute<{ document: RecordDocument }>(
        selectRecords(kind, sql`where x.id = ${id}`, ctx.clock.now()),
      )
    : [];
  const [row] = rows;
  if (row) return row.document;
  const run = kind === 'transcripts' && canBeKept(id) ? await runThatTook(ctx, id) : null;
  const gone = run && ` It was deleted at ${run.endedAt.toISOString()} (run ${run.id}, plan ${run.planId}).`;
  throw notFound(`There is no ${ONE[kind]} ${shown(id)}.${gone ?? ''}`);
}

const ONE = {
  transcripts: 'transcript',
  recordings: 'recording',
  meetings: 'meeting',
  'meeting-consents': 'meeting consent',
} as const;
