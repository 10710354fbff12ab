import { z } from 'zod';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { lockTranscripts } from './lock-transcripts';
import { receiveRecords } from './receive-records';
import type { Received, ReceivedAt, Stored } from './received';
import { keyOrNull, maybeInstant, maybeText, platformId } from './record-fields';
import type { GivenFile } from './replace-files';
import { type RecordTarget, storeRecords } from './store-records';
import { bucketsOfMeetings, UNKNOWN_BUCKET } from './video-buckets';

const schema = z.strictObject({
  id: platformId,
  room_name: maybeText(500),
  start_date: maybeInstant,
  end_date: maybeInstant,
  daily_composed_video_s3_key: keyOrNull('its composed video, or null when it has none'),
  /** The bucket of that; left out: the one of the meeting's recordings. */
  daily_composed_video_s3_bucket: maybeText(255),
});
type GivenMeeting = z.output<typeof schema>;

/**
 * Adds and changes meetings of the platform, in the words of the REST API; each replaces what was known of it, and what may be
 * left out and is, is none. Throws and answers as receiveRecords does; 'conflict' for one that would take its video from what a hold
 * keeps.
 */
export const upsertMeetings = (ctx: Context, records: readonly unknown[]): Promise<Received> =>
  receiveRecords(ctx, { kind: 'meetings', schema, store, ownerColumn: TARGET.ownerColumn }, records);

async function store(tx: Transaction, given: readonly GivenMeeting[], at: ReceivedAt): Promise<Stored> {
  // Before their recordings are looked at, so that none comes in between.
  await lockTranscripts(tx);
  const buckets = await bucketsOfMeetings(
    tx,
    given.map(({ id }) => id),
  );
  const filesOf = (meeting: GivenMeeting) => videoOf(meeting, buckets.get(meeting.id));
  return storeRecords(tx, { ...TARGET, filesOf }, given, at);
}

const TARGET: Omit<RecordTarget<GivenMeeting>, 'filesOf'> = {
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
};

function videoOf(
  { id, daily_composed_video_s3_key: key, daily_composed_video_s3_bucket: bucket }: GivenMeeting,
  bucketOfRecordings: string | undefined,
): GivenFile[] {
  if (key === null) return [];
  const bucket_name = bucket ?? bucketOfRecordings ?? UNKNOWN_BUCKET;
  return [
    {
      owner: id,
      kind: 'composed_video',
      object_key: key,
      location: 'storage',
      bucket_name,
      size_bytes: null,
    },
  ];
}
