import type {
  anonymousFiles,
  meetingConsents,
  meetings,
  recordings,
  transcripts,
} from '@/db/schema/anonymous';
import { mp3File, mp4File, waveformFile, wavFile } from './media-files';
import type { PublicDataScenario, RecordingScenario, TranscriptScenario } from './public-data';
import { type Random, seededRandom } from './random';

type Insert<T extends { $inferInsert: unknown }> = T['$inferInsert'];

/** Rows as the API would have written them, and the files that they name. */
export interface BuiltPublicData {
  scenario: PublicDataScenario;
  transcripts: (Insert<typeof transcripts> & { scenario: TranscriptScenario })[];
  recordings: Insert<typeof recordings>[];
  meetings: Insert<typeof meetings>[];
  consents: Insert<typeof meetingConsents>[];
  /** `isGone`: of what a run of the demo's past deleted, so that it is not written. */
  files: { row: Insert<typeof anonymousFiles>; storageKey: string; body: Uint8Array; isGone: boolean }[];
}

type BuiltFile = BuiltPublicData['files'][number];

/** Makes rows and files of the scenario, the same ones each time. `bucket` is what the platform calls the demo's store. */
export function buildPublicData(scenario: PublicDataScenario, bucket: string, now: Date): BuiltPublicData {
  const random = seededRandom('public-data');
  const ids = new Map(
    scenario.meetings.map(({ key }) => [key, { meeting: random.uuid(), recording: random.uuid() }]),
  );
  const built: BuiltPublicData = {
    ...{ scenario, transcripts: [], recordings: [], meetings: [], consents: [], files: [] },
  };
  scenario.transcripts.forEach((one, index) => {
    const id = random.uuid();
    const arrived = new Date(Math.min(now.getTime(), (one.at ?? now).getTime() + (one.length + 60) * 1000));
    built.transcripts.push({
      ...{
        id,
        name: one.title,
        title: one.title,
        userId: one.owner ?? null,
        createdAt: one.at,
        status: 'ended',
      },
      sourceKind: one.source,
      meetingId: ids.get(one.meeting ?? '')?.meeting ?? null,
      recordingId: ids.get(one.recording ?? '')?.recording ?? null,
      ...{ audioLocation: 'storage', duration: one.length, receivedAt: arrived, updatedAt: arrived },
      scenario: one,
    });
    built.files.push(...filesOf(id, one, 220 + 20 * index));
  });
  for (const { key, room, hasVideo, consents } of scenario.meetings) {
    const id = ids.get(key)?.meeting ?? '';
    const start = startOf(scenario, key, now);
    const end = new Date(start.getTime() + 3_600_000);
    built.meetings.push({
      ...{ id, roomName: room, startDate: start, endDate: end, receivedAt: start, updatedAt: start },
      dailyComposedVideoS3Key: hasVideo ? videoKey(id) : null,
    });
    if (hasVideo) {
      const body = mp4File(3, 12_000);
      built.files.push(
        storedFile(
          { meetingId: id, kind: 'composed_video', bucketName: bucket },
          videoKey(id),
          body,
          isGone(scenario, key),
        ),
      );
    }
    consents.forEach((consentGiven, index) => {
      const at = new Date(start.getTime() + (index + 1) * 20_000);
      const rest = { meetingId: id, userId: null, consentGiven, consentTimestamp: at, receivedAt: at };
      built.consents.push({ id: random.uuid(), ...rest });
    });
  }
  for (const recording of scenario.recordings) {
    const id = ids.get(recording.key)?.recording ?? '';
    addRecording(built, recording, {
      id,
      bucket,
      meetingId: ids.get(recording.meeting)?.meeting ?? '',
      now,
      random,
    });
  }
  return built;
}

const videoKey = (meetingId: string) => `composed/${meetingId}.mp4`;

/** A meeting began when the first of its transcripts did. */
function startOf({ transcripts: all }: PublicDataScenario, meeting: string, now: Date): Date {
  const times = all.flatMap((one) => (one.meeting === meeting && one.at ? [one.at.getTime()] : []));
  return times.length > 0 ? new Date(Math.min(...times)) : now;
}

/** A meeting and its recording go with the last of their transcripts. */
const isGone = ({ transcripts: all }: PublicDataScenario, meeting: string): boolean =>
  all.every((one) => one.meeting !== meeting || one.gone);

/** As the platform keeps them: WAV and waveform on its own disk, the MP3 in the object storage. */
function filesOf(
  transcriptId: string,
  { length: seconds, gone }: TranscriptScenario,
  hertz: number,
): BuiltFile[] {
  const local = { transcriptId, location: 'local' as const };
  const file = (row: BuiltFile['row'], body: Uint8Array): BuiltFile => ({
    row: { ...row, sizeBytes: body.length },
    storageKey: row.location === 'local' ? `local/${row.objectKey}` : row.objectKey,
    body,
    isGone: gone ?? false,
  });
  const key = (name: string) => `${transcriptId}/${name}`;
  return [
    file({ ...local, kind: 'audio_wav', objectKey: key('audio.wav') }, wavFile(seconds, hertz)),
    file({ ...local, kind: 'audio_waveform', objectKey: key('audio.json') }, waveformFile(seconds, hertz)),
    file({ ...local, location: 'storage', kind: 'audio_mp3', objectKey: key('audio.mp3') }, mp3File(seconds)),
  ];
}

type Owned = Pick<BuiltFile['row'], 'recordingId' | 'meetingId' | 'kind' | 'bucketName'>;

/** The platform tells no size of recordings and videos: the store is asked for it when somebody makes a plan. */
const storedFile = (owned: Owned, objectKey: string, body: Uint8Array, isGone: boolean): BuiltFile => ({
  row: { ...owned, location: 'storage', objectKey },
  storageKey: objectKey,
  body,
  isGone,
});

interface RecordingFacts {
  id: string;
  bucket: string;
  meetingId: string;
  now: Date;
  random: Random;
}

function addRecording(
  built: BuiltPublicData,
  { meeting, tracks }: RecordingScenario,
  { id, bucket: bucketName, meetingId, now, random }: RecordingFacts,
): void {
  const at = startOf(built.scenario, meeting, now);
  const gone = isGone(built.scenario, meeting);
  // Of a multitrack recording the key is that of the folder, and no object has it.
  const objectKey = tracks === undefined ? `recordings/${id}.mp4` : `tracks/${id}`;
  const trackKeys =
    tracks === undefined ? null : Array.from({ length: tracks }, () => `tracks/${id}/${random.uuid()}.mp3`);
  built.recordings.push({
    ...{ id, bucketName, objectKey, meetingId, trackKeys, recordedAt: at, receivedAt: at, updatedAt: at },
    status: 'completed',
  });
  const file = (kind: 'recording' | 'track', key: string, body: Uint8Array) =>
    storedFile({ recordingId: id, kind, bucketName }, key, body, gone);
  built.files.push(
    ...(trackKeys?.map((key) => file('track', key, mp3File(2))) ?? [
      file('recording', objectKey, mp4File(3, 20_000)),
    ]),
  );
}
