import { z } from 'zod';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { lockTranscripts } from './lock-transcripts';
import { movedAudio } from './moved-audio';
import { receiveRecords } from './receive-records';
import { type Received, type ReceivedAt, type Refused, refusedAs, type Stored } from './received';
import {
  idOrNull,
  maybeBytes,
  maybeInstant,
  maybeSeconds,
  maybeText,
  maybeTrueOrFalse,
  objectKey,
  oneOf,
  platformId,
} from './record-fields';
import type { GivenFile } from './replace-files';
import { type RecordTarget, storeRecords } from './store-records';
import { type StoredRecord, storedRecords } from './stored-records';

const LOCATIONS = ['local', 'storage'] as const;
const MAX_FILES = 100;

const file = z.strictObject({
  kind: oneOf(['audio_wav', 'audio_mp3', 'audio_waveform']),
  object_key: objectKey,
  /** Left out: an MP3 lies where audio_location says, and everything else on the platform's disk. */
  location: oneOf(LOCATIONS).optional(),
  size_bytes: maybeBytes,
});

const fields = z.strictObject({
  id: platformId,
  name: maybeText(2000),
  title: maybeText(2000),
  user_id: idOrNull('its owner, or null when it is nobody’s'),
  created_at: maybeInstant,
  status: maybeText(100),
  source_kind: oneOf(['room', 'live', 'file']),
  meeting_id: idOrNull('its meeting, or null when it has none'),
  recording_id: idOrNull('its recording, or null when it has none'),
  /** Left out: where it was, and 'local' when the transcript is new. */
  audio_location: oneOf(LOCATIONS).optional(),
  audio_deleted: maybeTrueOrFalse,
  duration: maybeSeconds,
  files: z.array(file, 'use an array of files').max(MAX_FILES, `use at most ${MAX_FILES} files`).optional(),
});

type GivenTranscript = z.output<typeof fields>;
/** With what was known of it where something was left out. */
type WholeTranscript = GivenTranscript & { audio_location: Location };

const schema = fields.refine(hasDistinctFiles, {
  path: ['files'],
  error: 'a file stands twice in it: give each once',
});

/**
 * Adds and changes transcripts of the platform, in the words of the REST API; each replaces what was known of it, and what is
 * left out is none, except `files`, which then stay as they are; one that is new and nobody's has to say them. Throws and answers as receiveRecords does; 'conflict' for one
 * that would lose its owner, leave its recording or its meeting behind while they are being deleted, or take something
 * away that a hold keeps.
 */
export const upsertTranscripts = (ctx: Context, records: readonly unknown[]): Promise<Received> =>
  receiveRecords(
    ctx,
    {
      kind: 'transcripts',
      schema,
      store,
      ownerColumn: TARGET.ownerColumn,
      filesIn: ({ files }) => files?.length ?? 0,
    },
    records,
  );

async function store(tx: Transaction, given: readonly GivenTranscript[], at: ReceivedAt): Promise<Stored> {
  await lockTranscripts(tx);
  const before = await storedRecords(
    tx,
    TARGET,
    ['audio_location'],
    given.map(({ id }) => id),
  );
  const known = (id: string) => LOCATIONS.find((one) => one === before.get(id)?.audio_location);
  const whole = given.map((one) => ({
    ...one,
    audio_location: one.audio_location ?? known(one.id) ?? 'local',
  }));
  const moved = await movedAudio(
    tx,
    whole.filter(
      ({ id, files, audio_location }) => !files && known(id) !== undefined && known(id) !== audio_location,
    ),
  );
  const withFiles = whole.map((one): WholeTranscript => {
    const files = moved.get(one.id);
    return files ? { ...one, files } : one;
  });
  return storeRecords(tx, TARGET, withFiles, at);
}

const HAS_OWNER =
  'it belongs to somebody, and what belongs to somebody is never made anonymous: send its user_id';
/** Clocks differ, and a transcript may be sent while its meeting is still to end; further ahead it would never go. */
const DAYS_AHEAD = 1;
const SAY_FILES =
  'it is not here yet, and would go without the files that nobody named: say which it has, [] when there are none';

const TARGET: RecordTarget<WholeTranscript> = {
  table: 'transcripts',
  columns: [
    ['name', 'text'],
    ['title', 'text'],
    ['user_id', 'text'],
    ['created_at', 'timestamptz'],
    ['status', 'text'],
    ['source_kind', 'transcript_source_kind'],
    ['meeting_id', 'text'],
    ['recording_id', 'text'],
    ['audio_location', 'file_location'],
    ['audio_deleted', 'boolean'],
    ['duration', 'float8'],
  ],
  ownerColumn: 'transcript_id',
  references: ['recording_id', 'meeting_id'],
  deciding: ['user_id', 'created_at', 'recording_id', 'meeting_id', 'audio_location', 'audio_deleted'],
  whyNot,
  filesOf: (transcript): GivenFile[] | undefined =>
    transcript.files?.map((given) => ({
      ...given,
      owner: transcript.id,
      location: locationOf(given, transcript.audio_location),
      bucket_name: null,
    })),
};

function whyNot(
  { user_id, created_at, files }: GivenTranscript,
  before: StoredRecord | undefined,
  now: Date,
): Refused | undefined {
  if (user_id !== null) return undefined;
  if (created_at !== null && new Date(created_at) > addDays(now, DAYS_AHEAD)) {
    const why = `${created_at} lies in the future: say when it was made, or null`;
    return refusedAs('invalid', { created_at: why });
  }
  if (before && before.user_id !== null) return refusedAs('conflict', { user_id: HAS_OWNER });
  return before || files ? undefined : refusedAs('invalid', { files: SAY_FILES });
}

type Location = (typeof LOCATIONS)[number];

function locationOf({ kind, location }: z.output<typeof file>, audio: Location): Location {
  return location ?? (kind === 'audio_mp3' ? audio : 'local');
}

/** Wherever the MP3 turns out to lie. */
function hasDistinctFiles({ files = [], audio_location }: GivenTranscript): boolean {
  return (audio_location ? [audio_location] : LOCATIONS).every((audio) => {
    const names = files.map((given) =>
      JSON.stringify([given.kind, locationOf(given, audio), given.object_key]),
    );
    return new Set(names).size === files.length;
  });
}
