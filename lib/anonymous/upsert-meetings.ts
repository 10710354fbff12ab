import { z } from 'zod';
import type { Context } from '@/lib/people/context';
import { receiveRecords } from './receive-records';
import type { Received } from './received';
import { maybeInstant, maybeObjectKey, maybeText, platformId } from './record-fields';
import { type RecordTarget, storeRecords } from './store-records';

const schema = z.strictObject({
  id: platformId,
  room_name: maybeText(500),
  start_date: maybeInstant,
  end_date: maybeInstant,
  daily_composed_video_s3_key: maybeObjectKey,
});

/**
 * Adds and changes meetings of the platform, in the words of the REST API; each replaces what was known of it, and what is
 * left out is none. Throws and answers as receiveRecords does; 'conflict' for one that would take its video from what a hold
 * keeps.
 */
export const upsertMeetings = (ctx: Context, records: readonly unknown[]): Promise<Received> =>
  receiveRecords(
    ctx,
    { kind: 'meetings', schema, store: (tx, given, now) => storeRecords(tx, TARGET, given, now) },
    records,
  );

const TARGET: RecordTarget<z.output<typeof schema>> = {
  table: 'meetings',
  columns: [
    ['room_name', 'text'],
    ['start_date', 'timestamptz'],
    ['end_date', 'timestamptz'],
    ['daily_composed_video_s3_key', 'text'],
  ],
  ownerColumn: 'meeting_id',
  references: [],
  deciding: ['daily_composed_video_s3_key'],
  filesOf: ({ id, daily_composed_video_s3_key: key }) =>
    key === null
      ? []
      : [
          {
            owner: id,
            kind: 'composed_video',
            object_key: key,
            location: 'storage',
            bucket_name: null,
            size_bytes: null,
          },
        ],
};
