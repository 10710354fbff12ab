import { sql } from 'drizzle-orm';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import type { Context } from '@/lib/people/context';
import { sayActor } from '@/lib/people/say-actor';
import { addDays } from '@/lib/platform/clock';
import { DAYS_IN_FORCE } from './anonymous-rule';
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
  /** From when on it holds for what was made before it, if it is in force by then. */
  coversOldFrom: Date;
  recordedBy: string;
}

/** So many are shown; a policy changes a few times in a year. */
const MOST = 200;

interface PolicyRow extends Record<string, unknown> {
  id: string;
  sequence: string;
  public_mode: boolean;
  retention_days: number;
  in_force_from: string;
  in_force_until: string | null;
  recorded_by_actor: unknown;
}

/** The policies under which anonymous data goes, the one in force first. Throws 'forbidden' (which leaves an audit event). */
export async function listPolicies(ctx: Context): Promise<PublishedPolicy[]> {
  await requireAnonymousRead(ctx, 'public-policy');
  const rows = await ctx.db.execute<PolicyRow>(sql`
    select id, sequence, public_mode, retention_days, ${exactColumn(sql`in_force_from`)} as in_force_from,
      ${exactColumn(sql`lag(in_force_from) over (order by p.in_force_from desc, sequence desc)`)} as in_force_until,
      recorded_by_actor
    from public_policies p order by p.in_force_from desc, sequence desc limit ${MOST}`);
  return rows.map((row) => ({
    id: row.id,
    sequence: Number(row.sequence),
    publicMode: row.public_mode,
    retentionDays: row.retention_days,
    inForceFrom: new Date(row.in_force_from),
    inForceUntil: row.in_force_until === null ? null : new Date(row.in_force_until),
    coversOldFrom: addDays(new Date(row.in_force_from), DAYS_IN_FORCE),
    recordedBy: sayActor(row.recorded_by_actor),
  }));
}
