import { z } from 'zod';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { shown } from '@/lib/platform/fields';
import { receiveRecords } from './receive-records';
import type { Received, ReceivedAt, Stored } from './received';
import { idOrNull, maybeInstant, maybeText, objectKey, platformId, requiredName } from './record-fields';
import type { GivenFile } from './replace-files';
import { type RecordTarget, storeRecords } from './store-records';
import { nameBucketsOfVideos } from './video-buckets';

const MAX_TRACKS = 1000;

const fields = z.strictObject({
  id: platformId,
  bucket_name: requiredName(255),
  /** Of a multitrack recording the folder of its tracks, or empty: no object has that key. */
  object_key: z.union([z.literal(''), objectKey], {
    error: (issue) => `${shown(issue.input)} is not allowed: use a text of 1 to 1024 characters`,
  }),
  recorded_at: maybeInstant,
  status: maybeText(100),
  meeting_id: idOrNull('its meeting, or null when it has none'),
  /**
   * Null: no multitrack recording; empty: one without any track. It has to be said: the files of tracks that are left out by
   * mistake would be forgotten, and stay when all else goes.
   */
  track_keys: z
    .array(objectKey, {
      error: (issue) =>
        `${shown(issue.input)} is not allowed: give an array of keys, or null when it is no multitrack recording`,
    })
    .max(MAX_TRACKS, `use at most ${MAX_TRACKS} keys`)
    .refine((keys) => new Set(keys).size === keys.length, 'a key stands twice in it: give each once')
    .nullable(),
});

const schema = fields.refine(({ object_key, track_keys }) => object_key !== '' || track_keys !== null, {
  path: ['object_key'],
  error: 'it is empty, which only a recording with track_keys may have: give the key of its object',
});
type GivenRecording = z.output<typeof schema>;

/**
 * Adds and changes recordings of the platform, in the words of the REST API; each replaces what was known of it, and what may
 * be left out and is, is none. Throws and answers as receiveRecords does; 'conflict' for one that would take something away that a hold
 * keeps, or leave its meeting behind while that is being deleted.
 */
export const upsertRecordings = (ctx: Context, records: readonly unknown[]): Promise<Received> =>
  receiveRecords(
    ctx,
    {
      kind: 'recordings',
      schema,
      store,
      ownerColumn: TARGET.ownerColumn,
      filesIn: ({ track_keys }) => track_keys?.length ?? 1,
    },
    records,
  );

async function store(tx: Transaction, given: readonly GivenRecording[], at: ReceivedAt): Promise<Stored> {
  const stored = await storeRecords(tx, TARGET, given, at);
  const meetings = given.flatMap(({ meeting_id }) => (meeting_id === null ? [] : [meeting_id]));
  await nameBucketsOfVideos(tx, [...new Set(meetings)]);
  return stored;
}

const TARGET: RecordTarget<GivenRecording> = {
  table: 'recordings',
  columns: [
    ['bucket_name', 'text'],
    ['object_key', 'text'],
    ['recorded_at', 'timestamptz'],
    ['status', 'text'],
    ['meeting_id', 'text'],
    ['track_keys', 'text[]'],
  ],
  ownerColumn: 'recording_id',
  references: ['meeting_id'],
  deciding: ['bucket_name', 'object_key', 'meeting_id'],
  filesOf: ({ id, bucket_name, object_key, track_keys }): GivenFile[] => {
    const file = { owner: id, location: 'storage' as const, bucket_name, size_bytes: null };
    const tracks = (track_keys ?? []).map((key) => ({ ...file, kind: 'track', object_key: key }));
    return track_keys === null ? [{ ...file, kind: 'recording', object_key }] : tracks;
  },
};
