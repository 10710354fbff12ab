import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { UserActor } from '@/lib/people/actor';
import { newId } from '@/lib/platform/ids';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { listConsentEvents, loadConsentEvent } from './consent-history';
import { consentImpact } from './consent-impact';
import { giveConsent } from './give-consent';
import { withdrawConsent } from './withdraw-consent';

let database: TestDatabase;
let s: Scenario;
let host: UserActor;
let auditor: UserActor;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  s = scenario(database);
  host = await s.person();
  auditor = await s.person({ role: 'auditor' });
});

async function history(rounds: number) {
  const challenge = await s.challenge([host]);
  const input = { challengeId: challenge.id, channel: 'api' } as const;
  for (let round = 0; round < rounds; round++) {
    s.clock.set(new Date(Date.UTC(2026, 10, 21 + round)));
    await giveConsent(s.as(host), { ...input, notes: `${round}` });
    await withdrawConsent(s.as(host), input);
  }
  return challenge.id;
}

test('pages come newest first, and lose and repeat nothing', async () => {
  const challengeId = await history(4);
  const seen: string[] = [];
  let cursor: number | undefined;
  do {
    const page = await listConsentEvents(s.as(auditor), {
      challengeId,
      limit: 3,
      ...(cursor ? { cursor } : {}),
    });
    seen.push(...page.events.map((event) => `${event.action} ${event.notes ?? ''}`.trim()));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual([
    ...['withdrawn', 'given 3', 'withdrawn', 'given 2'],
    ...['withdrawn', 'given 1', 'withdrawn', 'given 0'],
  ]);
});

test('it is filtered by person, action and a half-open window', async () => {
  const challengeId = await history(3);
  const list = (filter: object) => listConsentEvents(s.as(auditor), { challengeId, ...filter });
  expect((await list({ action: 'given' })).events).toHaveLength(3);
  expect((await list({ personId: host.personId })).events).toHaveLength(6);
  expect((await list({ personId: auditor.personId })).events).toHaveLength(0);
  const window = { from: new Date(Date.UTC(2026, 10, 22)), to: new Date(Date.UTC(2026, 10, 23)) };
  expect((await list(window)).events.map((event) => event.at)).toEqual([window.from, window.from]);
  await expect(list({ limit: 0 })).rejects.toThrow(/0 is not allowed: use a whole number from 1 to 200/);
});

test('hosts see the history of their own challenges only; a foreign one is refused', async () => {
  const challengeId = await history(1);
  const stranger = await s.person();
  const mine = await listConsentEvents(s.as(host), {});
  expect(new Set(mine.events.map((event) => event.challengeId))).toEqual(new Set([challengeId]));
  expect((await listConsentEvents(s.as(stranger), {})).events).toHaveLength(0);
  await expect(listConsentEvents(s.as(stranger), { challengeId })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await expect(listConsentEvents(s.as({ type: 'anonymous' }), {})).rejects.toMatchObject({
    code: 'forbidden',
  });

  const { id } = mine.events[0]!;
  expect(await loadConsentEvent(s.as(host), { id })).toMatchObject({
    id,
    shownText: expect.stringContaining('Withdraw the consent'),
    shownFigures: { pendingSubmissions: 0 },
  });
  await expect(loadConsentEvent(s.as(stranger), { id })).rejects.toMatchObject({ code: 'not_found' });
  await expect(loadConsentEvent(s.as(stranger), { id: newId() })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(loadConsentEvent(s.as(auditor), { id: newId() })).rejects.toMatchObject({ code: 'not_found' });
  const refused = await s.sql`
    select actor, result from audit_events where action = 'access.refuse' and target like 'consent:%'`;
  // L8: what exists and was refused stands in the log; an id that nothing has is only mistyped.
  expect([...refused]).toEqual([{ actor: `user:${stranger.personId}`, result: 'error' }]);
});

test('E7: the figures say what would go and why the rest stays; a shared object stays with the last that needs it', async () => {
  const challenge = await s.challenge([host], { artifactRetentionDaysOverride: 90 });
  const over = await s.phase(challenge.id);
  const open = await s.phase(challenge.id, { endDate: null });
  const shown = await s.phase(challenge.id, { isPublic: true });
  const going = await s.submission(over.id, [1000, null]);
  const also = await s.submission(over.id, []);
  const kept = await s.submission(open.id, [500]);
  await s.submission(shown.id);
  await s.submission(over.id, [7], { status: 'running' });
  await s.submission(over.id, [], { isArtifactDeleted: true });
  // One object of two that go, and one that a submission which stays needs as well, spelt otherwise.
  await s.artifact(going.id, { kind: 'stdout_file', objectKey: `both-${going.id}`, sizeBytes: 20 });
  await s.artifact(also.id, { kind: 'stdout_file', objectKey: `media/both-${going.id}`, sizeBytes: 20 });
  await s.artifact(going.id, { kind: 'stderr_file', objectKey: `shared-${going.id}`, sizeBytes: 9 });
  await s.artifact(kept.id, { kind: 'stderr_file', objectKey: `media/shared-${going.id}`, sizeBytes: 9 });

  const { giving, shownText } = await consentImpact(s.as(host), { challengeId: challenge.id });
  expect(giving).toEqual({
    submissions: 2,
    files: 3,
    bytes: 1020,
    filesOfUnknownSize: 1,
    filesSharedWithKept: 1,
    earliestDeletion: '2026-12-05T09:00:00.000Z',
    retentionDays: 90,
    kept: { submissions: 3, byReason: { 'no-end-date': 1, 'phase-public': 1, 'still-active': 1 } },
  });
  expect(shownText).toContain('This concerns 2 submissions: 3 files, 1.0 kB and 1 file of unknown size.');
  expect(shownText).toContain('- 1 submission: blocked: the phase is still public');
});

test('an empty challenge says that nothing is concerned, and strangers see no figures', async () => {
  const challenge = await s.challenge([host]);
  expect(await consentImpact(s.as(auditor), { challengeId: challenge.id })).toMatchObject({
    consent: null,
    giving: { submissions: 0, files: 0, bytes: 0, earliestDeletion: null },
    shownText: expect.stringContaining('no submission of this challenge would be concerned'),
  });
  const stranger = s.as(await s.person());
  for (const challengeId of [challenge.id, 999_999]) {
    await expect(consentImpact(stranger, { challengeId })).rejects.toMatchObject({
      code: 'not_found',
      message: `There is no challenge ${challengeId} among those that you may see.`,
    });
  }
});
