import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { auditStreams } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';
import { shown } from '@/lib/platform/fields';

/** Streams at the most, ours among them: a name that is made up for each event would otherwise make one each time. */
export const MAX_STREAMS = 200;
/** The stream of Lapse's own events. */
export const OWN_STREAM = 'lapse';

const ALLOWED = 'use 1 to 63 of a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit';

/** The name under which a program pushes its events. */
export const streamField = z
  .string({ error: `give the stream: ${ALLOWED}` })
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, {
    error: (issue) => `${shown(issue.input)} is no name of a stream: ${ALLOWED}`,
  })
  .refine((name) => name !== OWN_STREAM, `“${OWN_STREAM}” is the stream of Lapse itself: use another name`);

/** Makes the stream unless it is there; says whether it is new. Throws 'conflict' when there are too many. */
export async function ensureStream(ctx: Context, name: string): Promise<boolean> {
  if (await isThere(ctx, name)) return false;
  return ctx.db.transaction(async (tx) => {
    // Only those who make new ones wait for each other.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lapse:audit-streams', 0))`);
    const streams = await tx.$count(auditStreams);
    if (streams >= MAX_STREAMS && !(await isThere(ctx, name))) {
      throw conflict(`There are ${streams} streams, and no more can be made: push into one of them.`);
    }
    const made = await tx
      .insert(auditStreams)
      .values({ name, createdAt: ctx.clock.now() })
      .onConflictDoNothing()
      .returning({ name: auditStreams.name });
    return made.length > 0;
  });
}

async function isThere({ db }: Context, name: string): Promise<boolean> {
  const rows = await db
    .select({ name: auditStreams.name })
    .from(auditStreams)
    .where(eq(auditStreams.name, name));
  return rows.length > 0;
}
