import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { loadNotice } from '@/lib/notices/load-notice';
import { sendDueNotices } from '@/lib/notices/send-due-notices';
import type { Context } from '@/lib/people/context';
import { addDays } from '@/lib/platform/clock';
import { changePhase } from './change-phase';
import { retentionFacts } from './facts';
import { type Scenario, scenario } from './testing/scenario';

/** Long before the database's own clock, which the trigger reads, and long after it. */
const TOLD = new Date('2025-01-06T10:00:00.000Z');
const LATER = new Date('2099-01-05T10:00:00.000Z');

let database: TestDatabase;
let s: Scenario;
let admin: Context;
beforeAll(async () => {
  database = await createTestDatabase();
  for (const at of [TOLD, LATER]) {
    await database.sql`select ensure_audit_partitions(${at.toISOString()}::timestamptz, ${addDays(at, 40).toISOString()}::timestamptz)`;
  }
  s = scenario(database, TOLD.toISOString());
  admin = s.as(await s.person({ role: 'admin' }));
});
afterAll(() => database.close());

/** A submission that is due, of which the hosts were told in time. */
async function announced() {
  s.clock.set(TOLD);
  await database.sql`update challenges set disabled = true where not disabled`;
  const host = await s.person();
  const challenge = await s.challenge([host]);
  const phase = await s.phase(challenge.id, { endDate: new Date('2024-09-01T00:00:00Z') });
  const submission = await s.submission(phase.id);
  await giveConsent(s.as(host), { challengeId: challenge.id, channel: 'api' });
  s.clock.set(addDays(TOLD, 1));
  await sendDueNotices(admin);
  s.clock.set(addDays(TOLD, 30));
  expect(await reasonOf(submission.id)).toBe('retention-period-over');
  return { challengeId: challenge.id, phaseId: phase.id, submissionId: submission.id };
}

async function reasonOf(submissionId: number): Promise<string> {
  const [row] = await s.db.execute<{ reason: string }>(
    retentionFacts(s.clock.now(), sql`s.id = ${submissionId}`),
  );
  return row!.reason;
}
const resumedAt = async (table: string, id: number) => {
  const [row] = await s.db.execute<{ at: string | null }>(
    sql`select deletion_resumed_at as at from ${sql.identifier(table)} where id = ${id}`,
  );
  return row!.at === null ? null : new Date(row!.at);
};

describe('L2: what kept all of a challenge or a phase, and has ended, makes notices from before it stale', () => {
  test.each([
    ['disabled', 'challenges', 'disabled = true', 'disabled = false'],
    ['not listed', 'challenges', 'vanished_at = now()', 'vanished_at = null'],
    ['in a bucket of the host', 'challenges', 'use_host_credentials = true', 'use_host_credentials = false'],
    ['in a public phase', 'challenge_phases', 'is_public = true', 'is_public = false'],
    ['in an open-ended phase', 'challenge_phases', 'end_date = null', "end_date = '2024-09-01T00:00:00Z'"],
  ])('%s: whoever changes the row', async (_, table, pause, resume) => {
    const { challengeId, phaseId, submissionId } = await announced();
    const id = table === 'challenges' ? challengeId : phaseId;
    const change = (to: string) =>
      s.db.execute(sql`update ${sql.identifier(table)} set ${sql.raw(to)} where id = ${id}`);
    const [notice] = await s.db.execute<{ id: string }>(
      sql`select id from notices where challenge_id = ${challengeId}`,
    );
    await change(pause);
    s.clock.set(LATER);
    expect(await reasonOf(submissionId)).not.toBe('retention-period-over');
    await change(resume);
    expect(await reasonOf(submissionId)).toBe('not-announced');
    expect((await loadNotice(admin, { noticeId: notice!.id })).standing).toEqual({ 'deletion-resumed': 1 });

    await sendDueNotices(admin);
    expect(await reasonOf(submissionId)).toBe('not-due');
    s.clock.set(addDays(LATER, 16));
    expect(await reasonOf(submissionId)).toBe('retention-period-over');
  });

  test('of several pauses only the last one to end counts, and other changes count as none', async () => {
    const { challengeId, phaseId, submissionId } = await announced();
    await database.sql`update challenges set title = 'x', disabled = disabled where id = ${challengeId}`;
    await database.sql`update challenge_phases set end_date = end_date - interval '1 day' where id = ${phaseId}`;
    await database.sql`update challenges set disabled = true, vanished_at = now() where id = ${challengeId}`;
    await database.sql`update challenges set disabled = false where id = ${challengeId}`;
    expect(await resumedAt('challenges', challengeId)).toBeNull();
    expect(await resumedAt('challenge_phases', phaseId)).toBeNull();
    await database.sql`update challenges set vanished_at = null where id = ${challengeId}`;
    expect(await resumedAt('challenges', challengeId)).not.toBeNull();
    expect(await reasonOf(submissionId)).toBe('not-announced');
  });

  test('E8: by the verb it is told by its own clock', async () => {
    const { phaseId } = await announced();
    await changePhase(admin, { phaseId, isPublic: true, reason: 'r' });
    expect(await resumedAt('challenge_phases', phaseId)).toBeNull();
    s.clock.set(addDays(TOLD, 35));
    await changePhase(admin, { phaseId, isPublic: false, reason: 'r' });
    expect(await resumedAt('challenge_phases', phaseId)).toEqual(addDays(TOLD, 35));
  });
});
