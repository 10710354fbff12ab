import { z } from 'zod';
import type { Context } from '@/lib/people/context';
import { receiveRecords } from './receive-records';
import type { Received } from './received';
import { maybeInstant, maybeObjectKey, maybeText, platformId } from './record-fields';
import { storeRecords } from './store-records';

const schema = z.strictObject({
  id: platformId,
  room_name: maybeText(500),
  start_date: maybeInstant,
  end_date: maybeInstant,
  daily_composed_video_s3_key: maybeObjectKey,
});

/**
 * Adds and changes meetings of the platform, in the words of the REST API; each replaces what was known of it, and what is
 * left out is none. Throws and answers as receiveRecords does.
 */
export const upsertMeetings = (ctx: Context, records: readonly unknown[]): Promise<Received> =>
  receiveRecords(
    ctx,
    { kind: 'meetings', schema, store: (tx, given, now) => storeRecords(tx, TARGET, given, now) },
    records,
  );

const TARGET = {
  table: 'meetings' as const,
  columns: [
    ['room_name', 'text'],
    ['start_date', 'timestamptz'],
    ['end_date', 'timestamptz'],
    ['daily_composed_video_s3_key', 'text'],
  ] as const,
  ownerColumn: 'meeting_id' as const,
  filesOf: ({ id, daily_composed_video_s3_key: key }: z.output<typeof schema>) =>
    key === null
      ? []
      : [
          {
            owner: id,
            kind: 'composed_video',
            object_key: key,
            location: 'storage' as const,
            bucket_name: null,
            size_bytes: null,
          },
        ],
};
