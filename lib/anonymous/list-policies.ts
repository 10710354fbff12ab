import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import type { Context } from '@/lib/people/context';
import { sayActor } from '@/lib/people/say-actor';
import { wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { policiesAt } from './policies-at';
import { requireAnonymousRead } from './require-read';

export interface PublishedPolicy {
  id: string;
  /** As plans and receipts call it; see publicPolicyVersion. */
  sequence: number;
  publicMode: boolean;
  retentionDays: number;
  inForceFrom: Date;
  /** Null: it is in force. */
  inForceUntil: Date | null;
  /** From when on it holds for what was made before it, if it is in force by then and Lapse runs until then. */
  coversOldFrom: Date;
  recordedBy: string;
}

interface PolicyRow extends Record<string, unknown> {
  id: string;
  sequence: string;
  public_mode: boolean;
  retention_days: number;
  in_force_from: string;
  in_force_until: string | null;
  covers_old_from: string;
  recorded_by_actor: unknown;
}

const input = z.strictObject({
  /** Only these, however many there are. */
  ids: z.array(z.uuid('this is no id of a policy')).max(10_000).optional(),
  limit: wholeNumber(1, 10_000, 'number').default(200),
});

/** The policies under which anonymous data goes, the one in force first. Throws 'forbidden' (which leaves an audit event). */
export async function listPolicies(
  ctx: Context,
  args: z.input<typeof input> = {},
): Promise<PublishedPolicy[]> {
  await requireAnonymousRead(ctx, 'public-policy');
  const { ids, limit } = parse(input, args);
  const which = ids === undefined ? sql`` : sql`where id = any(${`{${ids.join(',')}}`}::uuid[])`;
  return publishedPolicies(
    ctx.db,
    ctx.clock.now(),
    sql`${which} order by place limit ${ids?.length ?? limit}`,
  );
}

/** The policies, the one in force first; `which` follows in the query, and may name policy. Access is the caller's. */
export async function publishedPolicies(db: Queryable, now: Date, which: SQL): Promise<PublishedPolicy[]> {
  const rows = await db.execute<PolicyRow>(sql`
    select id, sequence, public_mode, retention_days, ${exactColumn(sql`in_force_from`)} as in_force_from,
      ${exactColumn(sql`in_force_until`)} as in_force_until, ${exactColumn(sql`covers_old_from`)} as covers_old_from,
      recorded_by_actor
    from (
      select at_now.*, lag(in_force_from) over (order by place) as in_force_until from (${policiesAt(now)}) at_now
    ) policy ${which}`);
  return rows.map((row) => ({
    id: row.id,
    sequence: Number(row.sequence),
    publicMode: row.public_mode,
    retentionDays: row.retention_days,
    inForceFrom: new Date(row.in_force_from),
    inForceUntil: row.in_force_until === null ? null : new Date(row.in_force_until),
    coversOldFrom: new Date(row.covers_old_from),
    recordedBy: sayActor(row.recorded_by_actor),
  }));
}

/** The one in force; undefined before the first. */
export async function policyInForce(db: Queryable, now: Date): Promise<PublishedPolicy | undefined> {
  const [policy] = await publishedPolicies(db, now, sql`where place = 1`);
  return policy;
}
