import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { exactColumn } from '@/lib/audit/seal/exact-time';
import type { Context } from '@/lib/people/context';
import { canBeKept, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { type StoreNow, storeNow } from '@/lib/platform/storage/store-now';
import { anonymousFacts } from './facts';
import { heldBack, withOddFiles } from './held-back';
import { overAll } from './over-all';
import { ANONYMOUS_REASONS, type AnonymousReason, HELD_BACK_REASONS, type HeldBackReason } from './reasons';
import { referrersOf, unitsWith } from './referrers';
import { requireAnonymousRead } from './require-read';
import { decodePlace, encodePlace } from './transcript-place';
import { whyHeldBack } from './why-held-back';

const REASONS = Object.keys(ANONYMOUS_REASONS) as [AnonymousReason, ...AnonymousReason[]];
const HELD_BACK = Object.keys(HELD_BACK_REASONS) as [HeldBackReason, ...HeldBackReason[]];

const input = z.strictObject({
  /** What is decided about it now. */
  reason: z.enum(REASONS).optional(),
  /** Only those that are due and that no run takes all the same, for this reason. */
  heldBack: z.enum(HELD_BACK).optional(),
  /** Whether it belongs to somebody. */
  owned: z.boolean().optional(),
  /** Only those that share their recording or meeting with another transcript. */
  sharing: z.boolean().default(false),
  /** Only those of which a file, also of its recording or meeting, could not be deleted and is tried again. */
  failing: z.boolean().default(false),
  /** An id, or a part of a name or a title. */
  words: z.string().max(200).refine(canBeKept, 'this cannot be searched for').optional(),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(1000).optional(),
  limit: wholeNumber(1, 200, 'number').default(50),
});
export type ListTranscriptsInput = z.input<typeof input>;

export interface ListedTranscript {
  id: string;
  /** Its title, else its name; null: it has none. */
  name: string | null;
  sourceKind: string;
  /** Whose it is on the platform; null: nobody's. */
  owner: string | null;
  /** Null: the platform did not say. */
  createdAt: Date | null;
  reason: AnonymousReason;
  /** Why no run takes it although it is due; null: one does, or it is not due. */
  heldBack: HeldBackReason | null;
  /** Null: never, under the policies there are. */
  mayGoFrom: Date | null;
  /** Its own files that are not deleted yet, without those of its recording and meeting. */
  files: number;
  bytes: number;
  filesOfUnknownSize: number;
}

/**
 * Transcripts with what is decided about each, the oldest first and last those of unknown age. Throws 'forbidden' (which leaves
 * an audit event) and 'invalid'.
 */
export async function listTranscripts(
  ctx: Context,
  args: ListTranscriptsInput = {},
): Promise<{ transcripts: ListedTranscript[]; nextCursor: string | null }> {
  await requireAnonymousRead(ctx, 'anonymous-data:transcripts');
  const { limit, ...filter } = parse(input, args);
  const [now, store] = [ctx.clock.now(), await storeNow(ctx.storage)];
  const query = sql`
    with page as materialized (
      select facts.transcript_id, facts.created_at, facts.may_go_from, facts.reason
      from (${anonymousFacts(now, wanted(filter, limit + 1, now, store))}) facts
      where ${filter.reason === undefined ? sql`true` : sql`facts.reason = ${filter.reason}`}
      order by facts.created_at, facts.transcript_id limit ${limit + 1}
    )
    select t.id, coalesce(t.title, t.name) as name, t.source_kind, t.user_id, page.reason,
      ${exactColumn(sql`page.created_at`)} as created_at, ${exactColumn(sql`page.may_go_from`)} as may_go_from,
      own.files, own.bytes, own.unknown
    from page join transcripts t on t.id = page.transcript_id
    cross join lateral (
      select count(*)::int as files, coalesce(sum(size_bytes), 0)::text as bytes,
        count(*) filter (where size_bytes is null)::int as unknown
      from anonymous_files f where f.transcript_id = t.id and f.state <> 'deleted'
    ) own
    order by page.created_at, t.id`;
  const rows = await (filter.heldBack === undefined
    ? ctx.db.execute<TranscriptRow>(query)
    : overAll(ctx.db, (tx) => tx.execute<TranscriptRow>(query)));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const due = page.filter(({ reason }) => reason === 'due').map(({ id }) => id);
  const kept = await whyHeldBack(ctx, due, now);
  return {
    transcripts: page.map((row) => listed(row, kept.get(row.id) ?? null)),
    nextCursor:
      rows.length > page.length && last ? encodePlace({ createdAt: last.created_at, id: last.id }) : null,
  };
}

interface TranscriptRow extends Record<string, unknown> {
  id: string;
  name: string | null;
  source_kind: string;
  user_id: string | null;
  reason: AnonymousReason;
  created_at: string | null;
  may_go_from: string | null;
  files: number;
  bytes: string;
  unknown: number;
}

const listed = (row: TranscriptRow, kept: HeldBackReason | null): ListedTranscript => ({
  id: row.id,
  name: row.name,
  sourceKind: row.source_kind,
  owner: row.user_id,
  createdAt: row.created_at === null ? null : new Date(row.created_at),
  reason: row.reason,
  heldBack: kept,
  mayGoFrom: row.may_go_from === null ? null : new Date(row.may_go_from),
  files: row.files,
  bytes: Number(row.bytes),
  filesOfUnknownSize: row.unknown,
});

type Filter = Omit<z.output<typeof input>, 'limit'>;

/** Of transcripts as `t`: those to judge. Where the reason does not matter, that is only the page. */
function wanted(filter: Filter, limit: number, now: Date, store: StoreNow): SQL {
  const matching = conditions(filter, now, store);
  if (filter.reason !== undefined) return matching;
  return sql`t.id in (select t.id from transcripts t where ${matching} order by t.created_at, t.id limit ${limit})`;
}

/** Of transcripts as `t`. A reason that says whose it is narrows the rows before anything is judged. */
function conditions(filter: Filter, now: Date, store: StoreNow): SQL {
  const { reason, owned, sharing, failing, words, cursor } = filter;
  const found: SQL[] = [sql`true`];
  const whose = reason === undefined || reason === 'mode-off' ? owned : reason === 'owned';
  if (whose !== undefined) found.push(whose ? sql`t.user_id is not null` : sql`t.user_id is null`);
  if (whose !== owned && owned !== undefined) found.push(sql`false`);
  if (filter.heldBack !== undefined) found.push(sql`t.id in (${heldBackFor(filter.heldBack, now, store)})`);
  if (sharing) found.push(sql`t.id in (${SHARING})`);
  if (failing) found.push(sql`t.id in (${FAILING})`);
  if (words !== undefined) {
    found.push(sql`(t.id = ${words}
      or position(lower(${words}) in lower(coalesce(t.title, '') || chr(10) || coalesce(t.name, ''))) > 0)`);
  }
  if (cursor !== undefined) found.push(after(cursor));
  return sql.join(found, sql` and `);
}

function after(cursor: string): SQL {
  const { createdAt, id } = decodePlace(cursor);
  if (createdAt === null) return sql`t.created_at is null and t.id > ${id}`;
  return sql`((t.created_at, t.id) > (${createdAt}::timestamptz, ${id}) or t.created_at is null)`;
}

/** It has to judge more than the page: what one of them shares may keep another. */
const heldBackFor = (reason: HeldBackReason, now: Date, store: StoreNow): SQL => sql`
  with facts as materialized (${anonymousFacts(now, sql`t.user_id is null and t.id in (${withOddFiles(now, store)})`)})
  select transcript_id from (${heldBack(sql`facts`, now, store)}) held_back where reason = ${reason}`;

/** Of each recording and meeting that several refer to. */
const SHARING = sql`
  select unnest(sharing.ids) from (
    select array_agg(distinct transcript_id) as ids 
    from (${unitsWith(sql`transcripts`, sql`t.id as transcript_id`)}) unit where transcript_id is not null
    group by kind, id having count(distinct transcript_id) > 1
  ) sharing`;

/** The failed files are few, so that all of this goes by indexes. */
const FAILING = sql`
  with failed as materialized (
    select transcript_id, recording_id, meeting_id from anonymous_files where state = 'failed'
  ),
  units as materialized (
    select 'recording' as kind, recording_id as id from failed where recording_id is not null
    union select 'meeting', meeting_id from failed where meeting_id is not null
  )
  select transcript_id from failed where transcript_id is not null
  union select transcript_id from (${referrersOf(sql`units`)}) referrer`;
