import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditEvents } from '@/db/schema/audit';
import { submissions } from '@/db/schema/challenges';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { sendDueNotices } from '@/lib/notices/send-due-notices';
import type { UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { holdEvents } from './hold-events';
import { listHolds } from './list-holds';
import { loadHold } from './load-hold';
import { placeHold } from './place-hold';
import { releaseHold } from './release-hold';
import { sayHold } from './say-hold';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
let admin: Context;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  host = await s.person();
  admin = s.as(await s.person({ role: 'admin' }));
});

const why = { matter: 'Case 7', reason: 'the court asked' };
async function world() {
  const challenge = await s.challenge([host]);
  const phase = await s.phase(challenge.id);
  const submission = await s.submission(phase.id);
  return { challengeId: challenge.id, phaseId: phase.id, submissionId: submission.id };
}
const nameOf = ({ actor }: Context) => (actor.type === 'user' ? actor.displayName : '');
const auditOf = (target: string) => s.db.select().from(auditEvents).where(eq(auditEvents.target, target));

test('L3: a hold stands on a challenge, a phase or a submission', async () => {
  const { challengeId, phaseId, submissionId } = await world();
  for (const target of [{ challengeId }, { phaseId }, { submissionId }]) {
    expect(await placeHold(admin, { target, ...why })).toMatchObject({ challengeId, filesBeingDeleted: 0 });
  }
  const { holds } = await listHolds(admin, { challengeId });
  expect(holds).toHaveLength(3);
  expect(holds.every((hold) => hold.challengeId === challengeId)).toBe(true);
  expect(holds.map(({ phaseId, submissionId }) => ({ phaseId, submissionId })).reverse()).toEqual([
    { phaseId: null, submissionId: null },
    { phaseId, submissionId: null },
    { phaseId: null, submissionId },
  ]);
});

test('L8: placing and releasing leave actor, reason, old and new value', async () => {
  const { challengeId } = await world();
  const { holdId } = await placeHold(admin, { target: { challengeId }, ...why });
  await releaseHold(admin, { holdId, reason: 'the case is closed' });
  expect(await auditOf(`challenge:${challengeId}`)).toMatchObject([
    { action: 'hold.place', result: 'success', reason: why.reason, newValue: { holdId, matter: 'Case 7' } },
  ]);
  expect(await auditOf(`hold:${holdId}`)).toMatchObject([
    {
      action: 'hold.release',
      result: 'success',
      reason: 'the case is closed',
      oldValue: { matter: 'Case 7', reason: why.reason, challengeId },
      newValue: { releasedAt: '2026-11-21T09:00:00.000Z' },
    },
  ]);
});

test('L3: a hold is released once, also when two try at the same time', async () => {
  const { submissionId } = await world();
  const { holdId } = await placeHold(admin, { target: { submissionId }, ...why });
  const results = await Promise.allSettled(
    [1, 2, 3].map((number) => releaseHold(admin, { holdId, reason: `reason ${number}` })),
  );
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') {
      expect(result.reason).toMatchObject({
        code: 'conflict',
        message: `This hold was released already, by ${nameOf(admin)} on 21 Nov 2026, 09:00 UTC.`,
      });
    }
  }
  expect((await auditOf(`hold:${holdId}`)).filter((event) => event.result === 'error')).toHaveLength(2);
});

test('L2, L3: a release lets the notice period start anew', async () => {
  const { challengeId, submissionId } = await world();
  await giveConsent(s.as(host), { challengeId, channel: 'api' });
  await sendDueNotices(admin);
  const dateOf = async () =>
    (await s.db.select().from(submissions).where(eq(submissions.id, submissionId)))[0]!.retentionEligibleDate;
  expect(await dateOf()).toEqual(new Date('2026-12-06T00:00:00Z'));
  const { holdId } = await placeHold(admin, { target: { challengeId }, ...why });
  s.clock.set('2027-03-01T00:00:00Z');
  const released = await releaseHold(admin, { holdId, reason: 'over' });
  expect(released.datesChanged).toBe(1);
  expect(await dateOf()).toEqual(new Date('2026-12-05T09:00:00Z'));
});

test('L7: what was past the commit point when the hold came is reported', async () => {
  const { submissionId } = await world();
  await s.artifact(submissionId, { kind: 'stdout_file', state: 'deleting' });
  expect(await placeHold(admin, { target: { submissionId }, ...why })).toMatchObject({
    filesBeingDeleted: 1,
  });
});

test('L8: only admins, and people with a shell, place and release; every refusal is an event', async () => {
  const { challengeId } = await world();
  const auditor = s.as(await s.person({ role: 'auditor' }));
  const { holdId } = await placeHold(s.as({ type: 'cli', osUser: 'root' }), {
    target: { challengeId },
    ...why,
  });
  for (const ctx of [s.as(host), auditor, s.as({ type: 'anonymous' })]) {
    await expect(placeHold(ctx, { target: { challengeId }, ...why })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(releaseHold(ctx, { holdId, reason: 'r' })).rejects.toMatchObject({ code: 'forbidden' });
  }
  expect((await auditOf(`hold:${holdId}`)).map((event) => event.result)).toEqual(['error', 'error', 'error']);
  expect((await listHolds(auditor, { challengeId })).holds).toMatchObject([
    { id: holdId, placedBy: 'root, on the server' },
  ]);
  await expect(listHolds(s.as(host))).rejects.toMatchObject({ code: 'forbidden' });
});

test.each([
  [{ target: {} }, /exactly one/],
  [{ target: { challengeId: 1, phaseId: 1 } }, /exactly one/],
  [{ target: { challengeId: '1' } }, /target/],
  [{ reason: '  ' }, /give a reason/],
  [{ matter: '' }, /give the matter/],
  [{ reason: 'x'.repeat(2001) }, /2,001 characters are too many/],
  [{ matter: 'x'.repeat(201) }, /201 characters are too many/],
  [{ matter: 'Case\n7' }, /control characters are not allowed/],
  [{ matter: 'Case \u202e7' }, /control characters are not allowed/],
  [{ reason: 'so \u0007' }, /control characters are not allowed/],
  [{ reason: 'so \0' }, /NUL/],
  [{ matter: '\u200b \u2060' }, /this looks empty/],
])('wrong input is refused: %j', async (wrong, message) => {
  const { challengeId } = await world();
  const input = { target: { challengeId }, ...why, ...wrong } as Parameters<typeof placeHold>[1];
  await expect(placeHold(admin, input)).rejects.toThrow(message);
});

test('a reason may have several lines, and a release needs one as good', async () => {
  const { challengeId } = await world();
  const reason = 'The court asked:\r\n\tkeep it all.';
  const { holdId } = await placeHold(admin, { target: { challengeId }, matter: ' Affaire nº 7 ', reason });
  expect(await loadHold(admin, { holdId })).toMatchObject({
    matter: 'Affaire nº 7',
    reason,
    releasedAt: null,
  });
  for (const [wrong, message] of [
    ['', /give a reason/],
    [' \u200b ', /this looks empty/],
    ['x'.repeat(2001), /2,001/],
    ['\u001b[2J', /control characters/],
  ] as const) {
    await expect(releaseHold(admin, { holdId, reason: wrong })).rejects.toThrow(message);
  }
  expect(await loadHold(admin, { holdId })).toMatchObject({ releasedAt: null, releasedBy: null });
});

test('L8: whoever placed and released it is named, also when it was no person', async () => {
  const { submissionId } = await world();
  const token = {
    type: 'token' as const,
    tokenId: newId(),
    name: 'case system',
    permissions: new Set(['holds.read', 'holds.write'] as const),
    actsFor: null,
  };
  const { holdId } = await placeHold(s.as(token), { target: { submissionId }, ...why });
  await releaseHold(s.as({ type: 'cli', osUser: 'root' }), { holdId, reason: 'over' });
  expect(await loadHold(admin, { holdId })).toMatchObject({
    placedBy: 'the token “case system”',
    releasedBy: 'root, on the server',
  });
  await s.sql`update holds set placed_by_actor = null, released_by_actor = null where id = ${holdId}`;
  expect(await loadHold(admin, { holdId })).toMatchObject({
    placedBy: 'somebody on the server',
    releasedBy: 'somebody on the server',
  });
});

test('L8: the events of a hold are its placing and each try to release it', async () => {
  const { phaseId } = await world();
  const { holdId } = await placeHold(admin, { target: { phaseId }, ...why });
  await placeHold(admin, { target: { phaseId }, ...why });
  await releaseHold(s.as(host), { holdId, reason: 'r' }).catch(() => undefined);
  await releaseHold(admin, { holdId, reason: 'over' });
  const events = await holdEvents(admin, await loadHold(admin, { holdId }));
  expect(events.map(({ action, result }) => `${action} ${result}`)).toEqual([
    'hold.release success',
    'hold.release error',
    'hold.place success',
  ]);
  const auditor = s.as(await s.person({ role: 'auditor' }));
  expect(await holdEvents(auditor, await loadHold(auditor, { holdId }))).toHaveLength(3);
  await expect(loadHold(s.as(host), { holdId })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(loadHold(s.as(host), { holdId: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
});

test('holds are found by what they stand on and by a part of their matter, as it was typed', async () => {
  const { challengeId, phaseId, submissionId } = await world();
  const matters = ['100% of Straße', 'case_9', 'Case 9\\b'];
  for (const [index, target] of [{ challengeId }, { phaseId }, { submissionId }].entries()) {
    await placeHold(admin, { target, matter: matters[index]!, reason: 'r' });
  }
  const found = async (args: Parameters<typeof listHolds>[1]) =>
    (await listHolds(admin, { challengeId, ...args })).holds.map(({ matter }) => matter).toReversed();
  expect(await found({})).toEqual(matters);
  expect(await found({ on: 'challenge' })).toEqual([matters[0]]);
  expect(await found({ on: 'phase' })).toEqual([matters[1]]);
  expect(await found({ on: 'submission' })).toEqual([matters[2]]);
  expect(await found({ matter: 'CASE' })).toEqual([matters[1], matters[2]]);
  expect(await found({ matter: '_' })).toEqual([matters[1]]);
  expect(await found({ matter: '%' })).toEqual([matters[0]]);
  expect(await found({ matter: '\\' })).toEqual([matters[2]]);
  expect(await found({ matter: 'case', on: 'phase', state: 'released' })).toEqual([]);
  expect(await found({ matter: '  ' })).toEqual(matters);
  await expect(listHolds(admin, { matter: 'x'.repeat(201) })).rejects.toMatchObject({ code: 'invalid' });
});

test('the first sentence says what is held, since when, by whom, for which matter and why', async () => {
  const { challengeId, phaseId, submissionId } = await world();
  const sentence = async (target: Parameters<typeof placeHold>[1]['target'], reason = why.reason) => {
    const { holdId } = await placeHold(admin, { target, matter: 'Case 7', reason });
    return { holdId, text: sayHold(await loadHold(admin, { holdId }), 'UTC') };
  };
  const tail = `has been held since 21 November 2026 by ${nameOf(admin)}, for the matter “Case 7”: the court asked.`;
  expect((await sentence({ challengeId })).text).toMatch(/^“Challenge \d+” has been held since/);
  expect((await sentence({ phaseId })).text).toMatch(/^Phase Phase \d+ of “Challenge \d+” has been held/);
  const { holdId, text } = await sentence({ submissionId });
  expect(text).toBe(
    `Submission #${submissionId} of “${(await loadHold(admin, { holdId })).challengeTitle}” ${tail}`,
  );
  expect((await sentence({ challengeId }, `${'long '.repeat(60)}.\nMore`)).text).toMatch(/long…$/);
  s.clock.set('2026-12-24T12:00:00Z');
  await releaseHold(admin, { holdId, reason: 'It is over!' });
  expect(sayHold(await loadHold(admin, { holdId }), 'UTC')).toContain(
    `was held from 21 November 2026 until 24 December 2026 by ${nameOf(admin)}, for the matter “Case 7”: the court asked. Released by ${nameOf(admin)}: It is over!`,
  );
});

test('what does not exist is not found', async () => {
  for (const target of [{ challengeId: 999_999 }, { phaseId: 999_999 }, { submissionId: 999_999 }]) {
    await expect(placeHold(admin, { target, ...why })).rejects.toMatchObject({ code: 'not_found' });
  }
  await expect(releaseHold(admin, { holdId: newId(), reason: 'r' })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('O6: pages lose and repeat nothing, also when holds share an instant', async () => {
  const { challengeId } = await world();
  const placed: string[] = [];
  for (let index = 0; index < 7; index++) {
    placed.push((await placeHold(admin, { target: { challengeId }, ...why })).holdId);
  }
  await releaseHold(admin, { holdId: placed[0]!, reason: 'r' });
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await listHolds(admin, {
      challengeId,
      state: 'all',
      limit: 3,
      ...(cursor ? { cursor } : {}),
    });
    seen.push(...page.holds.map((hold) => hold.id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toEqual(placed.toReversed());
  expect((await listHolds(admin, { challengeId, state: 'active' })).holds).toHaveLength(6);
  expect((await listHolds(admin, { challengeId, state: 'released' })).holds).toHaveLength(1);
  await expect(listHolds(admin, { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid' });
});
