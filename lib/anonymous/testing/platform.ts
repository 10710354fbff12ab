import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { createTemporaryStorage } from '@/lib/platform/storage/testing/temporary-storage';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { permissionsOfScopes, type Scope } from '@/lib/tokens/scopes';

/** A database, and the platform that sends its records with a token. */
export interface Platform {
  database: TestDatabase;
  s: Scenario;
  /** Most requests need no store, and this one has none. */
  platform: Context;
  withStore: Context;
  store: Awaited<ReturnType<typeof createTemporaryStorage>>;
  wipe: () => Promise<unknown>;
  close: () => Promise<void>;
}

export async function openPlatform(): Promise<Platform> {
  const [database, store] = await Promise.all([createTestDatabase(), createTemporaryStorage()]);
  const s = scenario(database);
  const platform = s.as(tokenWith('anonymous-data:write'));
  return {
    ...{ database, s, platform, store, withStore: { ...platform, storage: store.storage } },
    wipe: () => database.owner.sql`truncate anonymous_files, transcripts, recordings, meetings`,
    close: async () => {
      await database.close();
      await store.remove();
    },
  };
}

export const tokenWith = (scope: Scope): Context['actor'] => ({
  type: 'token',
  tokenId: '01990000-0000-7000-8000-000000000001',
  name: 'platform',
  permissions: permissionsOfScopes([scope]),
  actsFor: null,
});

/** A transcript as the platform sends it. */
export const transcript = (values: object = {}) => ({
  id: 't-1',
  user_id: null,
  created_at: '2026-11-01T10:00:00.123456Z',
  source_kind: 'room',
  recording_id: null,
  meeting_id: null,
  files: [],
  ...values,
});
export const wav = { kind: 'audio_wav', object_key: 't-1/audio.wav', size_bytes: 10 };
export const mp3 = { kind: 'audio_mp3', object_key: 't-1/audio.mp3' };

export const outcomes = ({ items }: { items: { outcome: string }[] }) => items.map(({ outcome }) => outcome);

export const filesIn = ({ sql }: TestDatabase) => sql`
  select coalesce(transcript_id, recording_id, meeting_id) as owner, kind, storage_key, bucket_name, size_bytes::int, state
  from anonymous_files order by 1, 2, 3`;
