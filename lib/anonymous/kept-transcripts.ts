import { sql } from 'drizzle-orm';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { readEnv } from '@/lib/platform/env';
import { DAYS_IN_FORCE } from './anonymous-rule';
import { anonymousFacts, UNIT_REFERENCES } from './facts';
import type { AnonymousReason } from './reasons';
import { requireAnonymousRead } from './require-read';

export interface KeptTranscripts {
  /** Transcripts by what is decided about each now; 'due' ones go. Reasons without any are left out. */
  byReason: Partial<Record<AnonymousReason, number>>;
  /** All of them, and those that belong to somebody. */
  total: number;
  owned: number;
  /** Recordings and meetings that stay although a transcript that refers to them goes: another one stays. */
  shared: { recordings: number; meetings: number };
  /** Recordings and meetings to which no transcript refers: no run takes them, until one does. */
  unreferred: { recordings: number; meetings: number };
  /** Files that could not be deleted, and are tried again. */
  failedFiles: number;
  /**
   * Were the mode switched on now, with the period of the environment: from when on anything of these could go, and how many
   * transcripts would be old enough then.
   */
  ifSwitchedOn: { from: Date; transcripts: number };
}

interface CountRow extends Record<string, unknown> {
  name: string;
  count: number;
}

/** How many transcripts there are, by why each stays or goes. Throws 'forbidden' (which leaves an audit event). */
export async function keptTranscripts(ctx: Context): Promise<KeptTranscripts> {
  await requireAnonymousRead(ctx, 'anonymous-data');
  const now = ctx.clock.now();
  const from = addDays(now, DAYS_IN_FORCE);
  const cutoff = sql`${addDays(from, -readEnv().PUBLIC_DATA_RETENTION_DAYS).toISOString()}::timestamptz`;
  const rows = await ctx.db.execute<CountRow>(sql`
    with facts as materialized (${anonymousFacts(now, sql`true`)}),
    references_of as materialized (${UNIT_REFERENCES}),
    retained as (
      select u.kind, u.id from references_of u join facts on facts.transcript_id = u.transcript_id
      group by u.kind, u.id having bool_or(facts.reason = 'due') and bool_or(facts.reason <> 'due')
    )
    select 'reason:' || reason as name, count(*)::int as count from facts group by reason
    union all
    select 'owned', count(*)::int from facts where user_id is not null
    union all
    select 'old-enough', count(*)::int from facts where user_id is null and not is_held and created_at < ${cutoff}
    union all
    select 'failed-files', count(*)::int from anonymous_files where state = 'failed'
    union all
    select kind, count(*)::int from retained group by kind
    union all
    select 'unreferred-' || kind, count(*)::int
    from (select kind, id from references_of group by kind, id having count(transcript_id) = 0) alone group by kind`);
  const of = (name: string) => rows.find((row) => row.name === name)?.count ?? 0;
  const reasons = rows.filter(({ name }) => name.startsWith('reason:'));
  return {
    byReason: Object.fromEntries(reasons.map(({ name, count }) => [name.slice('reason:'.length), count])),
    total: reasons.reduce((sum, { count }) => sum + count, 0),
    owned: of('owned'),
    shared: { recordings: of('recording'), meetings: of('meeting') },
    unreferred: { recordings: of('unreferred-recording'), meetings: of('unreferred-meeting') },
    failedFiles: of('failed-files'),
    ifSwitchedOn: { from, transcripts: of('old-enough') },
  };
}
