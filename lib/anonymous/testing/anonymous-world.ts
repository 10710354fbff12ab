import { confirmationFor } from '@/lib/deletion/confirmation';
import { type CleanupCounts, readCounts } from '@/lib/deletion/counts';
import { requestCleanup } from '@/lib/deletion/request-cleanup';
import { runCleanupToEnd } from '@/lib/deletion/run-cleanup-to-end';
import type { Plan } from '@/lib/deletion/source';
import { CleanupWorld, NOW, type TestStore } from '@/lib/deletion/testing/cleanup-world';
import type { JobRun } from '@/lib/jobs/job-run';
import { addDays, DAY_MS } from '@/lib/platform/clock';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { previewAnonymousCleanup } from '../preview-anonymous-cleanup';
import { recordPublicPolicy } from '../record-policy';
import { upsertMeetings } from '../upsert-meetings';
import { upsertRecordings } from '../upsert-recordings';
import { upsertTranscripts } from '../upsert-transcripts';

const TABLES = [
  'plan_transcripts',
  'anonymous_files',
  'transcripts',
  'recordings',
  'meetings',
  'meeting_consents',
  'anonymous_holds',
  'public_policies',
  'public_policy_gaps',
  'public_policy_shown',
];

/** A file of so many bytes. */
const SIZE = 10;

export interface TranscriptOptions {
  /** How old it is, in days of 24 hours; null: nobody knows. 8 by default. */
  days?: number | null;
  /** Milliseconds older than that. */
  andMs?: number;
  owner?: string;
  recording?: string;
  meeting?: string;
  /** The kinds of its files; wav, mp3 and waveform by default. */
  files?: readonly ('wav' | 'mp3' | 'json')[];
  audioLocation?: 'local' | 'storage';
  audioDeleted?: boolean;
}

const KINDS = { wav: 'audio_wav', mp3: 'audio_mp3', json: 'audio_waveform' } as const;

/** A world of cleanups with anonymous data in it, sent by the API's verbs, and real files. */
export class AnonymousWorld {
  readonly world: CleanupWorld;

  private constructor(world: CleanupWorld) {
    this.world = world;
  }

  static async open(openStore?: () => Promise<TestStore>): Promise<AnonymousWorld> {
    return new AnonymousWorld(await CleanupWorld.open(openStore));
  }

  close = (): Promise<void> => this.world.close();

  async wipe(): Promise<void> {
    await this.world.database.owner.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      for (const table of TABLES) await tx`delete from ${tx(table)}`;
    });
    await this.world.wipe();
  }

  /** A policy that has been in force for so many days. */
  async policy(days = 7, since = 100, publicMode = true): Promise<void> {
    await this.world.database.sql`
      insert into public_policies (id, public_mode, retention_days, in_force_from, recorded_by_actor)
      values (gen_random_uuid(), ${publicMode}, ${days}, ${addDays(NOW, -since).toISOString()}, '{}')`;
  }

  /** Lapse runs until then, with a sign of life every half day. */
  async runsUntil(until: Date): Promise<void> {
    for (let now = this.world.clock.now(); now < until; ) {
      now = new Date(Math.min(now.getTime() + DAY_MS / 2, until.getTime()));
      this.world.clock.set(now);
      await recordPublicPolicy(this.world.job());
    }
  }

  /** Returns the storage keys of its own files. */
  async transcript(id: string, options: TranscriptOptions = {}): Promise<string[]> {
    const { days = 8, andMs = 0, files = ['wav', 'mp3', 'json'], audioLocation = 'local' } = options;
    await this.#send(upsertTranscripts, {
      id,
      user_id: options.owner ?? null,
      created_at: days === null ? null : new Date(addDays(NOW, -days).getTime() - andMs).toISOString(),
      source_kind: 'room',
      recording_id: options.recording ?? null,
      meeting_id: options.meeting ?? null,
      audio_location: audioLocation,
      audio_deleted: options.audioDeleted ?? null,
      files: files.map((kind) => ({
        kind: KINDS[kind],
        object_key: `${id}/audio.${kind}`,
        size_bytes: SIZE,
      })),
    });
    const keys = files.map((kind) =>
      kind === 'mp3' && audioLocation === 'storage' ? `${id}/audio.mp3` : `local/${id}/audio.${kind}`,
    );
    await this.#put(keys);
    return keys;
  }

  /** Returns its key, or those of its tracks: a multitrack recording has no object of its own. */
  async recording(
    id: string,
    { meeting, tracks = 0, bucket = 'folder' }: { meeting?: string; tracks?: number; bucket?: string } = {},
  ): Promise<string[]> {
    const trackKeys = Array.from({ length: tracks }, (_, index) => `${id}/track-${index}.webm`);
    await this.#send(upsertRecordings, {
      id,
      bucket_name: bucket,
      object_key: tracks === 0 ? `${id}.mp4` : id,
      meeting_id: meeting ?? null,
      track_keys: tracks === 0 ? null : trackKeys,
    });
    const keys = tracks === 0 ? [`${id}.mp4`] : trackKeys;
    await this.#put(keys);
    return keys;
  }

  async meeting(id: string, { video = true } = {}): Promise<string[]> {
    const key = `${id}/composed.mp4`;
    const where = { daily_composed_video_s3_key: key, daily_composed_video_s3_bucket: 'folder' };
    await this.#send(upsertMeetings, { id, daily_composed_video_s3_key: null, ...(video && where) });
    if (video) await this.#put([key]);
    return video ? [key] : [];
  }

  async #send(verb: typeof upsertTranscripts, record: object): Promise<void> {
    const received = await verb(this.world.admin, [record]);
    if (received.refused > 0) throw new Error(JSON.stringify(received.items));
  }

  async #put(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.world.storage.put(key, Buffer.alloc(SIZE))));
  }

  preview = (days?: number): Promise<Plan> =>
    previewAnonymousCleanup(this.world.admin, days === undefined ? {} : { days });

  async request(plan: Plan): Promise<string> {
    const confirmation = confirmationFor(plan);
    const asked = await requestCleanup(this.world.admin, { planId: plan.id, hash: plan.hash, confirmation });
    return asked.jobRunId;
  }

  /** Preview, request and run, as an admin and the job would. */
  async cleanUp(
    storage?: ObjectStorage,
    days?: number,
  ): Promise<{ plan: Plan; run: JobRun; counts: CleanupCounts }> {
    const plan = await this.preview(days);
    const jobRunId = await this.request(plan);
    const run = await runCleanupToEnd(this.world.job(storage), { jobRunId });
    return { plan, run, counts: readCounts(run.counts) };
  }

  /** The ids that are there, by table. */
  async ids(): Promise<Record<'transcripts' | 'recordings' | 'meetings', string[]>> {
    const of = async (table: string) =>
      (await this.world.rows(`select id from ${table} order by id`)).map(({ id }) => String(id));
    return {
      transcripts: await of('transcripts'),
      recordings: await of('recordings'),
      meetings: await of('meetings'),
    };
  }
}
