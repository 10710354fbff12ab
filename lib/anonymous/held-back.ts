import { type SQL, sql } from 'drizzle-orm';
import { heldBuckets } from '@/lib/platform/storage/held-buckets';
import type { StoreNow } from '@/lib/platform/storage/store-now';
import type { HeldBackReason } from './reasons';
import { ownersOf, referrersOf } from './referrers';

const SHARED = 'shared-object' satisfies HeldBackReason;

/**
 * The transcripts that are due and that no plan takes all the same, because a file that would have to go with them stays: a query
 * with the columns transcript_id and reason (a code of HELD_BACK_REASONS). Plans and the screen both go by it.
 *
 * `facts` is the name of a table of a WITH that has the columns transcript_id and reason of anonymousFacts, for every transcript
 * that could matter.
 */
export function heldBack(facts: SQL, now: Date, store: StoreNow): SQL {
  const why = whyFileStays(now, store);
  const filesOfShared = (kind: 'recording' | 'meeting') => sql`
    select f.id, f.storage_key, owned.transcript_id, ${why}
    from owned join going on going.kind = owned.kind and going.id = owned.id
    join anonymous_files f on f.${sql.identifier(`${kind}_id`)} = owned.id and f.state <> 'deleted'
    where owned.kind = ${kind}`;
  return sql`
    with recursive due as materialized (select transcript_id from ${facts} where reason = 'due'),
    owned as materialized (${ownersOf(sql`select transcript_id from due`)}),
    shared as materialized (select distinct kind, id from owned),
    -- With the last transcript that refers to them.
    going as materialized (
      select referrer.kind, referrer.id
      from (${referrersOf(sql`shared`)}) referrer left join due on due.transcript_id = referrer.transcript_id
      group by referrer.kind, referrer.id having bool_and(due.transcript_id is not null)
    ),
    whose as materialized (
      select f.id as file_id, f.storage_key, f.transcript_id, ${why} as reason
      from due join anonymous_files f on f.transcript_id = due.transcript_id and f.state <> 'deleted'
      union all ${filesOfShared('recording')}
      union all ${filesOfShared('meeting')}
    ),
    keys as materialized (select storage_key, count(distinct file_id) as files from whose group by storage_key),
    -- Of these others that stay are a file as well: there are more files than go. Grouped and not joined, see overAll.
    kept_keys as materialized (
      select storage_key
      from (
        select storage_key, -files as files from keys
        union all
        select storage_key, count(*) from anonymous_files
        where storage_key in (select storage_key from keys) and state <> 'deleted' group by storage_key
      ) counted
      group by storage_key having sum(files) > 0
    ),
    several as materialized (
      select distinct whose.transcript_id, whose.storage_key from whose join keys using (storage_key) where files > 1
    ),
    -- What stays whole keeps its objects, also those that are files of others: from a transcript to its objects, and from each of
    -- these to its transcripts, so that one object of many takes a step each and not one for each two of them.
    steps as materialized (
      select false as from_object, transcript_id as here, storage_key as there from several
      union all select true, storage_key, transcript_id from several
    ),
    first as materialized (
      select transcript_id, reason from whose where reason is not null
      union
      select transcript_id, ${SHARED} from whose where storage_key in (select storage_key from kept_keys)
    ),
    reached as (
      select false as is_object, transcript_id as id from first
      union
      select not steps.from_object, steps.there
      from reached join steps on steps.from_object = reached.is_object and steps.here = reached.id
    ),
    held as (
      select transcript_id, reason from first
      union all
      -- The weakest reason: whoever has one of its own says that.
      select id, ${SHARED} from reached where not is_object
    )
  select transcript_id, min(reason) as reason from held group by transcript_id`;
}

/** Why nobody can delete a file now, by itself; `f` is its row. */
function whyFileStays(now: Date, store: StoreNow): SQL {
  const buckets = JSON.stringify(heldBuckets(store.name));
  return sql`case
    when f.location = 'local' and ${store.whyNoLocal !== null}::boolean then 'local-store-missing'
    when f.bucket_name is not null and f.bucket_name not in (select jsonb_array_elements_text(${buckets}::jsonb))
      then 'other-bucket'
    when f.state = 'failed' and f.next_attempt_at > ${now.toISOString()}::timestamptz then 'retry-later'
  end`;
}

/**
 * The transcripts that a file could keep: their own or one of what they refer to, that nobody can delete now, or that is the same
 * object as another. heldBack finds nothing beyond these, so whoever asks it about all there are asks about these alone. A query
 * with the ids.
 */
export const withOddFiles = (now: Date, store: StoreNow): SQL => sql`
  with odd_files as materialized (
    select f.transcript_id, f.recording_id, f.meeting_id from anonymous_files f
    where f.state <> 'deleted' and (${whyFileStays(now, store)}) is not null
    union all
    select f.transcript_id, f.recording_id, f.meeting_id
    from (
      select storage_key from anonymous_files where state <> 'deleted' group by storage_key having count(*) > 1
    ) several join anonymous_files f on f.storage_key = several.storage_key and f.state <> 'deleted'
  ),
  odd_units as materialized (
    select distinct 'recording' as kind, recording_id as id from odd_files where recording_id is not null
    union all
    select distinct 'meeting', meeting_id from odd_files where meeting_id is not null
  )
  select transcript_id from odd_files where transcript_id is not null
  union
  select transcript_id from (${referrersOf(sql`odd_units`)}) referrer`;

/**
 * The transcripts that could keep these from going, themselves included: those that share a recording, a meeting or an object with
 * them, those that share one with these, and so on. A query with the ids; `ids` is one as well.
 */
export const neighboursOf = (ids: SQL): SQL => sql`
  with recursive near as (
    select id as transcript_id from (${ids}) wanted(id)
    union
    select beside.transcript_id
    from near cross join lateral (
      with owned as (${ownersOf(sql`select near.transcript_id`)}),
      own as (
        select f.storage_key from anonymous_files f where f.transcript_id = near.transcript_id
        union select f.storage_key from owned join anonymous_files f on owned.kind = 'recording' and f.recording_id = owned.id
        union select f.storage_key from owned join anonymous_files f on owned.kind = 'meeting' and f.meeting_id = owned.id
      ),
      sharing as (
        select f.transcript_id, f.recording_id, f.meeting_id from own join anonymous_files f on f.storage_key = own.storage_key
      ),
      shared as (
        select kind, id from owned
        union select 'recording', recording_id from sharing where recording_id is not null
        union select 'meeting', meeting_id from sharing where meeting_id is not null
      )
      select transcript_id from (${referrersOf(sql`shared`)}) referrer
      union select transcript_id from sharing where transcript_id is not null
    ) beside
  )
  select transcript_id from near`;
