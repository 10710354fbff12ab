import { z } from 'zod';
import type { Transaction } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { shown } from '@/lib/platform/fields';
import { receiveRecords } from './receive-records';
import type { Outcome, Received } from './received';
import {
  maybeBytes,
  maybeId,
  maybeInstant,
  maybeSeconds,
  maybeText,
  maybeTrueOrFalse,
  objectKey,
  oneOf,
  platformId,
} from './record-fields';
import type { GivenFile } from './replace-files';
import { storeRecords } from './store-records';
import { transcriptConflicts } from './transcript-conflicts';

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
  /** It has to be said: what is left out by mistake would make the transcript anonymous. */
  user_id: z.union([z.null(), platformId], {
    error: (issue) =>
      `${shown(issue.input)} is not allowed: give the id of its owner, or null when it is nobody’s`,
  }),
  created_at: maybeInstant,
  status: maybeText(100),
  source_kind: oneOf(['room', 'live', 'file']),
  meeting_id: maybeId,
  recording_id: maybeId,
  audio_location: oneOf(LOCATIONS).default('local'),
  audio_deleted: maybeTrueOrFalse,
  duration: maybeSeconds,
  files: z.array(file, 'use an array of files').max(MAX_FILES, `use at most ${MAX_FILES} files`).optional(),
});

export type GivenTranscript = z.output<typeof fields>;

const schema = fields.refine(hasDistinctFiles, {
  path: ['files'],
  error: 'a file stands twice in it: give each once',
});

/**
 * Adds and changes transcripts of the platform, in the words of the REST API; each replaces what was known of it, and what is
 * left out is none, except `files`, which then stay as they are. Throws and answers as receiveRecords does; 'conflict' for one
 * that would lose its owner, or leave its recording or its meeting behind while they are being deleted.
 */
export const upsertTranscripts = (ctx: Context, records: readonly unknown[]): Promise<Received> =>
  receiveRecords(ctx, { kind: 'transcripts', schema, store }, records);

async function store(
  tx: Transaction,
  given: readonly GivenTranscript[],
  now: Date,
): Promise<Map<string, Outcome>> {
  const conflicts = await transcriptConflicts(tx, given);
  const free = given.filter(({ id }) => !conflicts.has(id));
  const stored = free.length > 0 ? await storeRecords(tx, TARGET, free, now) : [];
  return new Map<string, Outcome>([...conflicts, ...stored]);
}

const TARGET = {
  table: 'transcripts' as const,
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
  ] as const,
  ownerColumn: 'transcript_id' as const,
  filesOf: (transcript: GivenTranscript): GivenFile[] | undefined =>
    transcript.files?.map((given) => ({
      ...given,
      owner: transcript.id,
      location: locationOf(given, transcript.audio_location),
      bucket_name: null,
    })),
};

type Location = (typeof LOCATIONS)[number];

function locationOf({ kind, location }: z.output<typeof file>, audio: Location): Location {
  return location ?? (kind === 'audio_mp3' ? audio : 'local');
}

function hasDistinctFiles({ files = [], audio_location }: GivenTranscript): boolean {
  const names = files.map((given) =>
    JSON.stringify([given.kind, locationOf(given, audio_location), given.object_key]),
  );
  return new Set(names).size === files.length;
}
