import type { TestDatabase } from '@/db/testing';

/**
 * Transcripts for every reason on 21 November 2026, 09:00 UTC, with one recording, one meeting and one hold; a policy of 7 days has
 * been in force for 6 days, after one of 14 days.
 */
export async function fillScreenData({ sql }: Pick<TestDatabase, 'sql'>): Promise<void> {
  await sql`insert into public_policies (id, public_mode, retention_days, in_force_from, recorded_by_actor) values
    (gen_random_uuid(), true, 14, '2026-09-01T00:00:00Z', '{}'),
    (gen_random_uuid(), true, 7, '2026-11-15T00:00:00Z', '{"type":"cli","osUser":"root"}')`;
  await sql`insert into recordings (id, bucket_name, object_key, meeting_id, track_keys, received_at, updated_at)
    values ('r', 'b', 'k', 'm', '{one,two}', now(), now()), ('of-nobody', 'b', 'k2', 'm', null, now(), now())`;
  await sql`insert into meetings (id, room_name, received_at, updated_at) values ('m', 'Town hall', now(), now())`;
  await sql`insert into meeting_consents (id, meeting_id, consent_given, consent_timestamp, received_at)
    values ('c', 'm', true, '2026-11-01T10:00:00Z', now())`;
  await sql`insert into transcripts (id, title, user_id, created_at, source_kind, recording_id, meeting_id, received_at, updated_at)
    values
    ('due-1', 'Standup, 100% done', null, '2026-11-01T00:00:00.000001Z', 'room', 'r', null, now(), now()),
    ('due-2', null, null, '2026-11-01T00:00:00.000002Z', 'live', null, null, now(), now()),
    ('waiting', null, null, '2026-11-10T00:00:00Z', 'live', null, null, now(), now()),
    ('young', null, null, '2026-11-20T00:00:00Z', 'live', null, null, now(), now()),
    ('held', null, null, '2026-10-01T00:00:00Z', 'file', null, null, now(), now()),
    ('owned', 'Planning', 'u1', '2026-10-01T00:00:00Z', 'room', null, 'm', now(), now()),
    ('timeless-1', null, null, null, 'file', null, null, now(), now()),
    ('timeless-2', null, null, null, 'file', null, null, now(), now())`;
  await sql`insert into anonymous_holds (id, transcript_id, matter, reason, placed_by_actor, placed_at)
    values (gen_random_uuid(), 'held', 'Case 7', 'a court asked', '{"type":"cli","osUser":"root"}', now())`;
  await sql`insert into anonymous_files (transcript_id, recording_id, meeting_id, kind, object_key, location, size_bytes, state) values
    ('due-1', null, null, 'audio_wav', 'due/audio.wav', 'local', 100, 'present'),
    ('due-1', null, null, 'audio_mp3', 'due/audio.mp3', 'storage', null, 'present'),
    ('due-1', null, null, 'audio_waveform', 'due/audio.json', 'local', 7, 'deleted'),
    (null, 'r', null, 'recording', 'k', 'storage', 5000000000, 'present'),
    (null, null, 'm', 'composed_video', 'v', 'storage', null, 'failed')`;
}
