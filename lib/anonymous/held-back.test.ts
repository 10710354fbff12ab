import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { WrappedStorage } from '@/lib/deletion/testing/wrapped-storage';
import { addDays } from '@/lib/platform/clock';
import { loadOverview } from './load-overview';
import { loadTranscript } from './load-transcript';
import { previewAnonymousCleanup } from './preview-anonymous-cleanup';
import { HELD_BACK_REASONS } from './reasons';
import { AnonymousWorld } from './testing/anonymous-world';

let w: AnonymousWorld;
beforeAll(async () => {
  w = await AnonymousWorld.open();
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const file = fc.record({
  owner: fc.constantFrom('t0', 't1', 't2', 't3', 't4', 'r0', 'r1'),
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  bucket: fc.constantFrom(null, null, null, 'elsewhere'),
  isLocal: fc.constantFrom(false, false, true),
  state: fc.constantFrom('present', 'present', 'deleted', 'waits', 'failed'),
});
const drawn = fc.record({
  transcripts: fc.array(
    fc.record({ days: fc.constantFrom(3, 8, 8, 8), recording: fc.constantFrom(null, 'r0', 'r1') }),
    { minLength: 5, maxLength: 5 },
  ),
  hasDisk: fc.constantFrom(true, true, false),
  files: fc.uniqueArray(file, { maxLength: 7, selector: ({ owner, key }) => `${owner} ${key}` }),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

async function build({ transcripts, files }: Drawn): Promise<void> {
  await w.wipe();
  await w.policy();
  const { sql } = w.world.database;
  for (const id of ['r0', 'r1']) {
    await sql`insert into recordings (id, bucket_name, object_key, received_at, updated_at)
      values (${id}, 'folder', ${id}, now(), now())`;
  }
  for (const [index, { days, recording }] of transcripts.entries()) {
    await w.transcript(`t${index}`, { days, files: [], ...(recording && { recording }) });
  }
  for (const { owner, key, bucket, isLocal, state } of files) {
    const isRecording = owner.startsWith('r');
    const onDisk = isLocal && !isRecording;
    await sql`insert into anonymous_files
      (transcript_id, recording_id, kind, object_key, location, bucket_name, state, next_attempt_at)
      values (${isRecording ? null : owner}, ${isRecording ? owner : null}, ${isRecording ? 'track' : 'audio_mp3'},
        ${key}, ${onDisk ? 'local' : 'storage'}, ${onDisk ? null : bucket}, ${state === 'waits' ? 'failed' : state},
        ${state === 'waits' ? addDays(w.world.clock.now(), 1).toISOString() : null})`;
  }
}

/** What is drawn seldom meets all four. */
const EVERY_REASON: Drawn = {
  hasDisk: false,
  transcripts: ([8, 8, 8, 8, 3] as const).map((days) => ({ days, recording: null })),
  files: [
    { owner: 't0', key: 'a', bucket: null, isLocal: true, state: 'present' },
    { owner: 't1', key: 'b', bucket: 'elsewhere', isLocal: false, state: 'present' },
    { owner: 't2', key: 'c', bucket: null, isLocal: false, state: 'waits' },
    { owner: 't3', key: 'd', bucket: null, isLocal: false, state: 'present' },
    { owner: 't4', key: 'd', bucket: null, isLocal: false, state: 'present' },
  ],
};

const WITHOUT_DISK = () =>
  new WrappedStorage(w.world.storage, { whyNoLocal: async () => 'The disk is not there.' });

test('R4, L6: the screen holds back what a plan holds back, for the same reasons, and promises what it takes', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(drawn, async (given) => {
      await build(given);
      const admin = { ...w.world.admin, storage: given.hasDisk ? w.world.storage : WITHOUT_DISK() };
      const { coming } = await loadOverview(admin);
      const plan = await previewAnonymousCleanup(admin);
      const units = await w.world.rows(
        `select transcript_id as id, reason from plan_transcripts where plan_id = '${plan.id}' and not will_delete`,
      );
      const planned = new Map(units.map(({ id, reason }) => [id, String(reason)]));
      const counts: Record<string, number> = {};
      for (const reason of planned.values()) {
        counts[reason] = (counts[reason] ?? 0) + 1;
        seen.add(reason);
      }
      expect(coming.heldBack).toEqual(counts);
      expect(coming.now).toMatchObject({
        transcripts: plan.transcripts,
        recordings: plan.recordings,
        files: plan.files,
        bytes: plan.bytes,
      });
      for (const [index, { days }] of given.transcripts.entries()) {
        const found = await loadTranscript(admin, { id: `t${index}` });
        const one = 'transcript' in found ? found.transcript : null;
        expect(one?.heldBack).toBe(days > 7 ? (planned.get(`t${index}`) ?? null) : null);
      }
    }),
    { numRuns: 30, examples: [[EVERY_REASON]], endOnFailure: true },
  );
  expect([...seen].sort()).toEqual(Object.keys(HELD_BACK_REASONS).sort());
}, 60_000);

test('R4: what thousands share is a step for each of them, and not one for each two', async () => {
  await w.wipe();
  await w.policy();
  const many = 8000;
  const { sql } = w.world.database;
  await sql`insert into transcripts (id, created_at, source_kind, received_at, updated_at)
    select 's' || n, ${addDays(w.world.clock.now(), -20).toISOString()}, 'file', now(), now() from generate_series(1, ${many}::int) n`;
  await sql`insert into anonymous_files (transcript_id, kind, object_key, location)
    select 's' || n, 'audio_mp3', 'jingle.mp3', 'storage' from generate_series(1, ${many}::int) n`;
  // One of them can stay for a reason of its own, and all others do with it.
  await sql`insert into anonymous_files (transcript_id, kind, object_key, location, bucket_name)
    values ('s1', 'audio_wav', 's1.wav', 'storage', 'elsewhere')`;
  const begun = performance.now();
  const { coming } = await loadOverview(w.world.admin);
  expect(performance.now() - begun).toBeLessThan(3000);
  expect(coming.heldBack).toEqual({ 'other-bucket': 1, 'shared-object': many - 1 });
}, 60_000);
