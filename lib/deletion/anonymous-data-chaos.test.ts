import { mkdtemp, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { placeAnonymousHold, releaseAnonymousHold } from '@/lib/anonymous/anonymous-holds';
import {
  beginAnonymousRetries,
  beginScheduledAnonymousCleanup,
} from '@/lib/anonymous/begin-anonymous-cleanup';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { RoutedStorage } from '@/lib/platform/storage/routed-storage';
import { readCounts } from './counts';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { NOW } from './testing/cleanup-world';
import { failure, WrappedStorage } from './testing/wrapped-storage';

/*
 * Whatever comes after whatever: runs that fail, that die, that meet each other; a disk that comes and goes; a platform that
 * sends things again and tells owners late; holds; a clock that goes on or back. What must never happen never does.
 */

let w: AnonymousWorld;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lapse-chaos-'));
  w = await AnonymousWorld.open(async () => {
    const [main, local] = [new FolderStorage(path.join(folder, 'objects')), new FolderStorage(disk(true))];
    await Promise.all([main.prepare(), local.prepare()]);
    return { storage: new RoutedStorage(main, local), remove: () => rm(folder, { recursive: true }) };
  });
  await w.world.set('cleanup.batch-size', 3);
  await w.world.set('cleanup.max-error-percent', 100);
  await w.world.set('cleanup.max-absent-percent', 100);
});
beforeEach(() => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const disk = (isThere: boolean): string => path.join(folder, isThere ? 'platform' : 'unmounted');
const mount = (isThere: boolean) => rename(disk(!isThere), disk(isThere)).catch(() => {});

/** Three share a recording, of which one names the meeting itself as well. */
const PARTS: Record<string, { recording?: string; meeting?: string; days: number }> = {
  t0: { recording: 'r0', days: 9 },
  t1: { recording: 'r0', days: 8 },
  t2: { recording: 'r0', meeting: 'm0', days: 30 },
  t3: { meeting: 'm1', days: 9 },
  t4: { recording: 'r1', days: 8 },
};
const IDS = Object.keys(PARTS);
const id = fc.constantFrom(...IDS);
const MOMENTS = ['before the store', 'half way', 'after the store', 'never'] as const;
const step = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant('send' as const), id }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant('own' as const), id }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('hold' as const), id }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant('release' as const), id }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('disk' as const), isThere: fc.boolean() }), weight: 1 },
  {
    arbitrary: fc.record({ do: fc.constant('clock' as const), hours: fc.constantFrom(-30, 1, 26) }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      do: fc.constant('run' as const),
      by: fc.constantFrom('schedule', 'retries', 'person', 'two at once', 'owner meanwhile'),
      dies: fc.constantFrom(...MOMENTS),
      fails: fc.constantFrom('', 'r0', 't1/audio.wav', 'm0'),
      id,
    }),
    weight: 5,
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Run = Extract<Step, { do: 'run' }>;

/** What must stay, with the keys that were there and not being deleted when it was said. */
const owned = new Map<string, string[]>();
const held = new Map<string, { holdId: string; keys: string[] }>();

const unit = (column: string, value: string | undefined) => (value ? `or ${column} = '${value}'` : '');
/** The keys of all files of a transcript, its recording and its meetings that are there. */
async function keysOf(one: string): Promise<string[]> {
  const rows = await w.world.rows(`
    select storage_key as key from anonymous_files where state in ('present', 'failed') and (transcript_id = '${one}'
      ${unit('recording_id', PARTS[one]?.recording)} ${unit('meeting_id', PARTS[one]?.meeting)}
      ${PARTS[one]?.recording === 'r0' ? unit('meeting_id', 'm0') : ''})`);
  return rows.map(({ key }) => String(key));
}

/** With all that belongs to it; the objects are written afterwards. */
async function send(one: string): Promise<void> {
  const { recording, meeting, days } = PARTS[one] ?? { days: 9 };
  const meetings = [...(recording === 'r0' ? ['m0'] : []), ...(meeting ? [meeting] : [])];
  for (const each of new Set(meetings)) await w.meeting(each).catch(() => {});
  if (recording) await w.recording(recording, recording === 'r0' ? { meeting: 'm0' } : {}).catch(() => {});
  const owner = owned.has(one) ? { owner: 'ada' } : {};
  await w.transcript(one, {
    ...{ days, files: ['wav', 'mp3'], audioLocation: 'storage', ...owner },
    ...(recording && { recording }),
    ...(meeting && { meeting }),
  });
}

class Killed extends Error {}

/** A process that dies in the first deletion which it asks for, and a store that refuses some keys. */
function dying({ dies, fails, by, id: one }: Run): ObjectStorage {
  const real = w.world.storage;
  return new WrappedStorage(real, {
    delete: async (keys, _real, seen, signal) => {
      if (by === 'owner meanwhile') await own(one);
      if (dies === 'before the store') throw new Killed();
      const refused = (key: string) => fails !== '' && key.includes(fails);
      const asked = keys.filter((key) => !refused(key));
      const now = dies === 'half way' ? asked.slice(0, Math.ceil(asked.length / 2)) : asked;
      const done = await real.delete(now, seen, signal);
      if (dies !== 'never') throw new Killed();
      const results = new Map(done.map((result) => [result.key, result]));
      return keys.map((key) => results.get(key) ?? failure(key));
    },
  });
}

async function own(one: string): Promise<void> {
  owned.set(one, owned.get(one) ?? []);
  await mount(true);
  await send(one);
  owned.set(one, await keysOf(one));
}

let ticks = 0;
async function work(run: Run): Promise<void> {
  const job = w.world.job(dying(run));
  ticks += 1;
  const tick = new Date(NOW.getTime() + ticks * 1000).toISOString();
  const begin = async (): Promise<string | null> => {
    if (run.by === 'retries') return (await beginAnonymousRetries(job, { tick })).jobRunId;
    if (run.by !== 'person') return (await beginScheduledAnonymousCleanup(job, { tick })).jobRunId;
    const plan = await w.preview();
    return plan.transcripts > 0 ? w.request(plan) : null;
  };
  const one = async () => {
    const jobRunId = await begin();
    if (jobRunId !== null) await runCleanupToEnd(job, { jobRunId });
  };
  const other = async () => {
    const plan = run.by === 'two at once' ? await w.preview() : null;
    if (plan && plan.transcripts > 0) {
      await runCleanupToEnd(w.world.job(), { jobRunId: await w.request(plan) });
    }
  };
  for (const result of await Promise.allSettled([one(), other()])) {
    if (result.status === 'rejected' && !(result.reason instanceof Killed)) throw result.reason;
  }
}

async function take(one: Step): Promise<void> {
  switch (one.do) {
    case 'send':
      await mount(true);
      return send(one.id);
    case 'own':
      return own(one.id);
    case 'hold': {
      if (held.has(one.id) || !(await w.ids()).transcripts.includes(one.id)) return;
      const hold = { transcriptId: one.id, matter: 'Case 7', reason: 'a court asked' };
      const { holdId } = await placeAnonymousHold(w.world.admin, hold);
      held.set(one.id, { holdId, keys: await keysOf(one.id) });
      return;
    }
    case 'release': {
      const holdId = held.get(one.id)?.holdId;
      held.delete(one.id);
      if (holdId) await releaseAnonymousHold(w.world.admin, { holdId, reason: 'the case is over' });
      return;
    }
    case 'disk':
      return mount(one.isThere);
    case 'clock':
      w.world.clock.set(new Date(w.world.clock.now().getTime() + one.hours * 3_600_000));
      return;
    case 'run':
      return work(one);
  }
}

async function expectNothingForbidden(): Promise<void> {
  await mount(true);
  const objects = new Set(await w.world.objects());
  for (const [one, keys] of [...owned, ...[...held].map(([name, hold]) => [name, hold.keys] as const)]) {
    for (const key of keys) expect(objects, `L3, R2: ${one} keeps ${key}`).toContain(key);
    expect((await w.ids()).transcripts, `L3, R2: ${one} keeps its rows`).toContain(one);
  }
  const files = await w.world.rows('select storage_key as key, state from anonymous_files');
  const named = new Set(files.map(({ key }) => String(key)));
  for (const key of objects)
    expect(named, `L9, R3: no object is left that no row names: ${key}`).toContain(key);
  for (const { key, state } of files) {
    if (state === 'present' || state === 'failed') expect(objects, `R4: ${key} is there`).toContain(key);
  }
  for (const { id: runId, counts } of await w.world.rows(
    "select id, counts from job_runs where counts <> '{}'",
  )) {
    const said = readCounts(counts as Record<string, number>);
    const [own] = await w.world.rows(
      `select count(*)::int as receipts from receipts where run_id = '${runId}'`,
    );
    expect(said.deleted + said.alreadyAbsent, 'R4: what is counted has its receipt').toBe(own?.receipts);
    for (const [name, value] of Object.entries(said)) expect(value, name).toBeGreaterThanOrEqual(0);
  }
}

test('L3, L9, R2, R3, R4: whatever happens, nothing goes that stays, nothing is left behind, and all is counted once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
      await mount(true);
      await w.wipe();
      for (const key of await w.world.objects()) await w.world.storage.delete([key]);
      w.world.clock.set(NOW);
      owned.clear();
      held.clear();
      await w.policy();
      for (const one of IDS) await send(one);
      for (const one of steps) await take(one);
      await expectNothingForbidden();

      // Afterwards, with nothing in its way, all that may go goes.
      await mount(true);
      w.world.clock.set(new Date(Math.max(w.world.clock.now().getTime(), NOW.getTime()) + 30 * 86_400_000));
      const calm: Run = { do: 'run', by: 'schedule', dies: 'never', fails: '', id: 't0' };
      for (let round = 0; round < 3; round += 1) await work(calm);
      await expectNothingForbidden();
      const kept = new Set([...owned.keys(), ...held.keys()]);
      expect((await w.ids()).transcripts).toEqual(IDS.filter((one) => kept.has(one)));
      expect(await w.world.rows("select 1 from anonymous_files where state = 'deleting'")).toEqual([]);
    }),
    { numRuns: Number(process.env.CHAOS_RUNS ?? 6), endOnFailure: true },
  );
}, 600_000);
