import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { addDays } from '@/lib/platform/clock';
import { NOW } from './testing/cleanup-world';
import { expectOneAnonymousStory } from './testing/one-anonymous-story';
import { refusing } from './testing/wrapped-storage';

/*
 * Worlds of transcripts that share recordings and meetings in every way, some of whose files fail, against a model that says
 * in a few lines what has to be left.
 */

let w: AnonymousWorld;
beforeAll(async () => {
  w = await AnonymousWorld.open();
});
beforeEach(() => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

const MEETINGS = ['m0', 'm1'];
const RECORDINGS = ['r0', 'r1', 'r2'];
const maybe = (ids: readonly string[]) => fc.constantFrom(null, ...ids);

const drawn = fc.record({
  transcripts: fc.array(
    fc.record({
      days: fc.constantFrom(3, 8, 8, 8, 9, null),
      owner: fc.constantFrom(null, null, null, 'user123'),
      held: fc.constantFrom(false, false, false, true),
      recording: maybe(RECORDINGS),
      meeting: maybe(MEETINGS),
      hasFile: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  meetingOf: fc.array(maybe(MEETINGS), { minLength: 3, maxLength: 3 }),
  fails: fc.array(fc.constantFrom('local/t0/audio.wav', 'local/t1/audio.wav', 'r0.mp4', 'm0/composed.mp4'), {
    maxLength: 2,
  }),
  batch: fc.constantFrom(1, 2, 1000),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

async function build({ transcripts, meetingOf, batch }: Drawn): Promise<void> {
  await w.wipe();
  await w.policy();
  await w.world.set('cleanup.batch-size', batch);
  for (const id of MEETINGS) await w.meeting(id);
  for (const [index, id] of RECORDINGS.entries()) {
    const meeting = meetingOf[index];
    await w.recording(id, meeting ? { meeting } : {});
  }
  for (const [index, { days, owner, held, recording, meeting, hasFile }] of transcripts.entries()) {
    await w.transcript(`t${index}`, {
      ...{ days, files: hasFile ? ['wav'] : [] },
      ...(owner && { owner }),
      ...(recording && { recording }),
      ...(meeting && { meeting }),
    });
    if (held) {
      await w.world.database.sql`
        insert into anonymous_holds (id, transcript_id, matter, reason, placed_by_actor, placed_at)
        values (gen_random_uuid(), ${`t${index}`}, 'Case 7', 'a court asked', '{}', now())`;
    }
  }
}

/** What is left when `fails` could not be deleted. */
function model({ transcripts, meetingOf }: Drawn, fails: readonly string[]) {
  const units = transcripts.map((one, index) => {
    const viaRecording = one.recording && meetingOf[RECORDINGS.indexOf(one.recording)];
    return {
      id: `t${index}`,
      isDue: (one.days ?? 0) > 7 && one.owner === null && !one.held,
      files: one.hasFile ? [`local/t${index}/audio.wav`] : [],
      shared: [one.recording, one.meeting, viaRecording].filter((id) => id != null),
    };
  });
  const fileOf = (id: string) => (id.startsWith('r') ? `${id}.mp4` : `${id}/composed.mp4`);
  const referrers = (id: string) => units.filter(({ shared }) => shared.includes(id));
  const goes = (id: string) => referrers(id).length > 0 && referrers(id).every(({ isDue }) => isDue);
  const isGone = (unit: (typeof units)[number]) =>
    unit.isDue &&
    [...unit.files, ...unit.shared.filter(goes).map(fileOf)].every((key) => !fails.includes(key));
  // A recording that no transcript refers to does not go, and its meeting keeps the row for it.
  const isNamedByLonely = (id: string) =>
    RECORDINGS.some((recording, at) => meetingOf[at] === id && referrers(recording).length === 0);
  const stays = (id: string) =>
    !goes(id) || referrers(id).some((unit) => !isGone(unit)) || isNamedByLonely(id);
  const objects = [
    ...units.flatMap(({ isDue, files }) => files.filter((key) => !isDue || fails.includes(key))),
    ...[...RECORDINGS, ...MEETINGS].flatMap((id) =>
      goes(id) && !fails.includes(fileOf(id)) ? [] : [fileOf(id)],
    ),
  ];
  return {
    ids: {
      transcripts: units.filter((unit) => !isGone(unit)).map(({ id }) => id),
      recordings: RECORDINGS.filter(stays),
      meetings: MEETINGS.filter(stays),
    },
    objects: objects.sort(),
  };
}

test('R2, R3, R4, L3: what is left is what the model says, with failures and after them', async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async (given) => {
      await build(given);
      const rounds: [number, readonly string[]][] = [
        [0, given.fails],
        [1, []],
      ];
      for (const [later, fails] of rounds) {
        w.world.clock.set(addDays(NOW, later));
        const plan = await w.preview();
        if (plan.transcripts + plan.files > 0) {
          await w.cleanUp(refusing(w.world.storage, (key) => fails.includes(key)));
        }
        const expected = model(given, fails);
        expect(await w.ids()).toEqual(expected.ids);
        expect(await w.world.objects()).toEqual(expected.objects);
        await expectOneAnonymousStory(w);
      }
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 180_000);
