import { eq, sql } from 'drizzle-orm';
import { auditStreams } from '@/db/schema/audit-archive';
import type { Context } from '@/lib/people/context';
import { conflict } from '@/lib/platform/errors';

/** Streams at the most, ours among them: a name that is made up for each event would otherwise make one each time. */
export const MAX_STREAMS = 200;

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
