import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { AnonymousWorld } from '@/lib/anonymous/testing/anonymous-world';
import { addDays } from '@/lib/platform/clock';
import { confirmationFor } from './confirmation';
import { NOW } from './testing/cleanup-world';
import { expectOneAnonymousStory } from './testing/one-anonymous-story';
import { failure, refusing, WrappedStorage } from './testing/wrapped-storage';

let w: AnonymousWorld;
beforeAll(async () => {
  w = await AnonymousWorld.open();
});
beforeEach(async () => {
  vi.stubEnv('PUBLIC_MODE', 'on');
  vi.stubEnv('PUBLIC_DATA_RETENTION_DAYS', '7');
  await w.wipe();
  await w.policy();
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => w.close());

describe('R4: what fails keeps all its rows, and the others go on', () => {
  test('an object in the middle: counted, and retried by the next run', async () => {
    await w.meeting('m');
    await w.recording('r', { meeting: 'm' });
    await w.transcript('one', { days: 10 });
    await w.transcript('two', { days: 9, recording: 'r' });
    await w.transcript('three', { days: 8 });
    const { run, counts } = await w.cleanUp(refusing(w.world.storage, (key) => key === 'r.mp4'));
    expect(run.state).toBe('partial');
    expect(run.summary).toContain(
      '1 transcript keeps its rows, because something of it could not be deleted; the next run looks at it again.',
    );
    expect(counts).toMatchObject({
      transcriptsDeleted: 2,
      transcriptsFailed: 1,
      recordingsDeleted: 0,
      meetingsDeleted: 0,
      deleted: 10,
      failed: 1,
    });
    expect(await w.ids()).toEqual({ transcripts: ['two'], recordings: ['r'], meetings: ['m'] });
    await expectOneAnonymousStory(w);

    // Not before its backoff is over; then it goes with all its rows.
    const waiting = await w.preview();
    expect(waiting).toMatchObject({ transcripts: 0, files: 0, heldBackTranscripts: 1 });
    w.world.clock.set(addDays(NOW, 1));
    const again = await w.cleanUp();
    expect(again.run.state).toBe('succeeded');
    expect(again.counts).toMatchObject({
      transcriptsDeleted: 1,
      recordingsDeleted: 1,
      meetingsDeleted: 1,
      deleted: 1,
    });
    expect(await w.ids()).toEqual({ transcripts: [], recordings: [], meetings: [] });
    await expectOneAnonymousStory(w);
  });

  test('a recording that two share: both stay, and what else is theirs goes', async () => {
    await w.recording('r');
    await w.transcript('one', { recording: 'r', files: ['wav'] });
    await w.transcript('two', { recording: 'r', files: ['wav'] });
    const { counts } = await w.cleanUp(refusing(w.world.storage, (key) => key === 'r.mp4'));
    expect(counts).toMatchObject({ transcriptsDeleted: 0, transcriptsFailed: 2, deleted: 2, failed: 1 });
    expect(await w.ids()).toMatchObject({ transcripts: ['one', 'two'], recordings: ['r'] });
  });

  test('a row that the database does not let go: it alone stays, and nothing of it is counted', async () => {
    await w.world.database.owner.sql.unsafe(`
      create function refuse_two() returns trigger language plpgsql as $$
      begin raise exception 'Simulated deletion error'; end $$;
      create trigger refuse_two before delete on transcripts for each row when (old.id = 'two')
        execute function refuse_two()`);
    try {
      await w.recording('r');
      await w.transcript('one');
      await w.transcript('two', { recording: 'r' });
      await w.transcript('three');
      const { run, counts } = await w.cleanUp();
      expect(run.state).toBe('partial');
      expect(counts).toMatchObject({
        transcriptsDeleted: 2,
        recordingsDeleted: 0,
        transcriptsFailed: 1,
        deleted: 10,
      });
      expect(await w.ids()).toMatchObject({ transcripts: ['two'], recordings: ['r'] });
      expect(await w.world.rows("select error from plan_transcripts where outcome = 'failed'")).toEqual([
        { error: 'Simulated deletion error' },
      ]);
    } finally {
      await w.world.database.owner.sql.unsafe(
        'drop trigger refuse_two on transcripts; drop function refuse_two',
      );
    }
    // Without any file left it goes with the next run.
    const again = await w.cleanUp();
    expect(again.counts).toMatchObject({ transcriptsDeleted: 1, recordingsDeleted: 1, deleted: 0 });
    expect(await w.ids()).toMatchObject({ transcripts: [], recordings: [] });
  });

  test('a recording in a bucket that Lapse does not have: nothing of its transcript goes, which is said and counted', async () => {
    await w.recording('elsewhere', { bucket: 'whereby' });
    await w.transcript('t', { recording: 'elsewhere', files: ['wav'] });
    expect(await w.preview()).toMatchObject({ transcripts: 0, files: 0, bytes: 0, heldBackTranscripts: 1 });
    const asked: string[] = [];
    const storage = new WrappedStorage(w.world.storage, {
      delete: (keys, real, seen) => {
        asked.push(...keys);
        return real.delete(keys, seen);
      },
    });
    await w.transcript('whole', { files: ['wav'] });
    const { plan, run, counts } = await w.cleanUp(storage);
    expect(plan).toMatchObject({ transcripts: 1, files: 1, heldBackTranscripts: 1 });
    expect(confirmationFor(plan)).toBe('delete 1 transcript');
    expect(run.state).toBe('partial');
    expect(counts).toMatchObject({ transcriptsDeleted: 1, transcriptsFailed: 1, deleted: 1 });
    expect(asked).toEqual(['local/whole/audio.wav']);
    expect(await w.ids()).toMatchObject({ transcripts: ['t'], recordings: ['elsewhere'] });
    expect(await w.world.objects()).toEqual(['elsewhere.mp4', 'local/t/audio.wav']);

    vi.stubEnv('LAPSE_BUCKET_NAMES', 'media, whereby');
    expect((await w.cleanUp()).counts).toMatchObject({
      transcriptsDeleted: 1,
      recordingsDeleted: 1,
      deleted: 2,
    });
  });

  test('what is held back keeps a recording and an object of others, and those keep all of theirs', async () => {
    await w.recording('elsewhere', { bucket: 'whereby' });
    await w.recording('ours');
    await w.transcript('first', { recording: 'elsewhere', files: ['wav'] });
    // Shares an object with the first, and a recording with the third.
    await w.transcript('second', { recording: 'ours', files: ['mp3'] });
    await w.world.database.sql`
      insert into anonymous_files (transcript_id, kind, object_key, location, size_bytes)
      values ('second', 'audio_waveform', 'first/audio.wav', 'local', 10)`;
    await w.transcript('third', { recording: 'ours', files: ['json'] });
    const { plan, counts } = await w.cleanUp();
    expect(plan).toMatchObject({ transcripts: 1, recordings: 0, files: 1, heldBackTranscripts: 2 });
    expect(await w.world.rows('select transcript_id, reason from plan_transcripts order by 1')).toEqual([
      { transcript_id: 'first', reason: 'other-bucket' },
      { transcript_id: 'second', reason: 'shared-object' },
      { transcript_id: 'third', reason: 'retention-period-over' },
    ]);
    expect(counts).toMatchObject({ transcriptsDeleted: 1, recordingsDeleted: 0, deleted: 1 });
    expect(await w.world.objects()).toEqual([
      'elsewhere.mp4',
      'local/first/audio.wav',
      'local/second/audio.mp3',
      'ours.mp4',
    ]);
    await expectOneAnonymousStory(w);
  });

  test('E12: too many errors stop the run', async () => {
    await w.world.set('cleanup.batch-size', 25);
    for (let index = 0; index < 20; index += 1) await w.transcript(`t${index}`, { files: ['wav', 'mp3'] });
    const broken = new WrappedStorage(w.world.storage, {
      delete: async (keys) => keys.map((key) => failure(key)),
    });
    const { run, counts } = await w.cleanUp(broken);
    await w.world.set('cleanup.batch-size', 1000);
    expect(run.state).toBe('stopped');
    expect(run.summary).toContain('25 files of 25 could not be deleted');
    expect(counts).toMatchObject({ failed: 25, transcriptsDeleted: 0 });
    expect((await w.ids()).transcripts).toHaveLength(20);
  });
});
