import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { dryRunCleanup } from './dry-run-cleanup';
import { listPlanItems } from './list-plan-items';
import { loadPlan } from './load-plan';
import { planSummaryByChallenge, planSummaryByReason } from './plan-summaries';
import { planText } from './plan-text';
import { previewCleanup } from './preview-cleanup';
import { CleanupWorld } from './testing/cleanup-world';

let world: CleanupWorld;
beforeEach(async () => {
  world = await CleanupWorld.open();
});
afterEach(() => world.close());

const reasonsOf = async (planId: string) =>
  Object.fromEntries(
    (await planSummaryByReason(world.admin, { planId })).map((row) => [row.reason, row.submissions]),
  );

test('E6, L1, L2, L3: what is due goes or is listed with its reason, and what has no date is not listed', async () => {
  await world.challenge({ title: 'goes' });
  await world.challenge({
    title: 'in every status',
    submissions: (
      ['submitted', 'running', 'queued', 'resuming', 'submitting', 'partially_evaluated', 'failed'] as const
    ).map((status) => ({ status })),
  });
  await world.challenge({ disabled: true });
  await world.challenge({ vanished: true });
  await world.challenge({ useHostCredentials: true });
  await world.challenge({ noticeDay: null });
  await world.challenge({ noticeState: 'failed' });
  await world.challenge({ noticeDay: -13.99, submissions: [{ eligibleDay: -1 }] });
  const held = await world.challenge();
  await world.build.hold({ submissionId: held.submissions[0]!.id });
  // None of these has a date that is reached.
  await world.challenge({ consentDay: null });
  await world.challenge({ phaseIsPublic: true });
  await world.challenge({ phaseEndDay: null });
  await world.challenge({ phaseEndDay: -10 });

  const plan = await world.preview();
  expect(await reasonsOf(plan.id)).toEqual({
    'retention-period-over': 2 + 1 + 1,
    'still-active': 6,
    'challenge-disabled': 2,
    'challenge-vanished': 2,
    'not-managed': 2,
    'not-announced': 4,
    'not-due': 1,
    held: 1,
  });
  expect(plan).toMatchObject({ submissions: 4, files: 8, bytes: 80, heldBackSubmissions: 18, challenges: 3 });
  expect(await world.objects()).toHaveLength(
    (await world.rows("select 1 from artifacts where state = 'present'")).length,
  );
});

test('L2: a date that was not the announced one keeps', async () => {
  await world.challenge({ submissions: [{ eligibleDay: -10 }] });
  const moved = await world.challenge({ submissions: [{ eligibleDay: -10 }] });
  await world.database.sql`update notice_items set announced_date = announced_date - interval '1 ms'
    where notice_id = ${moved.noticeId}`;
  expect(await reasonsOf((await world.preview()).id)).toEqual({
    'retention-period-over': 1,
    'not-announced': 1,
  });
});

describe('E2: objects that artifacts share', () => {
  test('go when all that use them are due, and count once', async () => {
    const shared = [{ objectKey: 'shared/data.zip' }];
    await world.challenge({ submissions: [{ artifacts: shared }] });
    await world.challenge({ submissions: [{ artifacts: [{ objectKey: 'media/shared/data.zip' }] }] });
    const plan = await world.preview();
    expect(plan).toMatchObject({ submissions: 2, files: 1, bytes: 10 });
    expect(await reasonsOf(plan.id)).toEqual({ 'retention-period-over': 2 });
  });

  test('stay while one that uses them stays, whether that one is due or not', async () => {
    const sharing = (key: string) => [{ artifacts: [{ objectKey: key }, {}] }];
    await world.challenge({ submissions: sharing('shared/a.zip') });
    await world.challenge({ submissions: sharing('/media/shared/a.zip'), phaseEndDay: -1 });
    await world.challenge({ submissions: sharing('shared/b.zip') });
    await world.challenge({ submissions: sharing('shared/b.zip'), disabled: true });
    const plan = await world.preview();
    expect(plan).toMatchObject({ files: 2, submissions: 2 });
    const { items } = await listPlanItems(world.admin, { planId: plan.id, show: 'held-back' });
    await expect(
      listPlanItems(world.admin, { planId: plan.id, reason: 'shared\0object' }),
    ).rejects.toMatchObject({ code: 'invalid' });
    expect(items.map((item) => item.reason).sort()).toEqual([
      'challenge-disabled',
      'challenge-disabled',
      'shared-object',
      'shared-object',
    ]);
  });

  test('stay in the plan of one challenge when another challenge uses them', async () => {
    const shared = [{ artifacts: [{ objectKey: 'shared/a.zip' }] }];
    const first = await world.challenge({ submissions: shared });
    await world.challenge({ submissions: shared });
    expect(await world.preview(first.id)).toMatchObject({ files: 0, heldBackSubmissions: 1 });
    expect(await world.preview()).toMatchObject({ files: 1 });
  });

  test('within one submission go together', async () => {
    await world.challenge({
      submissions: [{ artifacts: [{ objectKey: 'shared/a.zip' }, { objectKey: 'media/shared/a.zip' }] }],
    });
    expect(await world.preview()).toMatchObject({ files: 1, submissions: 1 });
  });
});

test('B2: the hash is the sha256 of the text, and each line tells what goes', async () => {
  const challenge = await world.challenge({ submissions: [{ artifacts: [{ sizeBytes: null }] }] });
  const plan = await world.preview();
  let text = '';
  for await (const lines of planText(world.database.db, plan, 'folder')) text += lines;
  expect(createHash('sha256').update(text).digest('hex')).toBe(plan.hash);
  const [head, item, end] = text.split('\n');
  const [submission] = challenge.submissions;
  expect(JSON.parse(head!)).toEqual([
    'lapse-plan',
    1,
    plan.id,
    'submission-artifacts',
    RETENTION_POLICY.version,
    'folder',
  ]);
  expect(JSON.parse(item!)).toEqual([
    1,
    submission!.artifacts[0]!.storageKey,
    // Nobody had told its size, so the store was asked.
    10,
    challenge.id,
    submission!.id,
    submission!.artifacts[0]!.id,
    'input_file',
    challenge.consentEventId,
    challenge.noticeId,
    'retention-period-over',
  ]);
  expect(end).toBe('');
});

test('pages, groups and figures of a plan agree', async () => {
  const challenges = [await world.challenge({ submissions: 3 }), await world.challenge({ submissions: 4 })];
  await world.challenge({ disabled: true });
  const plan = await world.preview();
  const { admin } = world;
  const positions: number[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof listPlanItems>> = await listPlanItems(admin, {
      planId: plan.id,
      show: 'goes',
      after,
      limit: 5,
    });
    positions.push(...page.items.map((item) => item.position));
    after = page.nextAfter;
  }
  expect(positions).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
  const groups = await planSummaryByChallenge(admin, { planId: plan.id });
  expect(groups.map((group) => [group.challengeId, group.submissions, group.files, group.bytes])).toEqual([
    [challenges[1]!.id, 4, 8, 80],
    [challenges[0]!.id, 3, 6, 60],
    [expect.any(Number), 0, 0, 0],
  ]);
  expect(await loadPlan(admin, { planId: plan.id })).toMatchObject({
    files: 14,
    createdByName: 'grace',
    isRunnable: true,
    confirmation: 'delete 14 files',
  });
});

test('L8: only admins may preview; auditors may look; every refusal is an event', async () => {
  await world.challenge();
  const plan = await world.preview();
  const host = world.context(world.person('host', 1));
  const auditor = world.context(world.person('auditor', 1));
  await expect(previewCleanup(host)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(previewCleanup(auditor)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(loadPlan(host, { planId: plan.id })).rejects.toMatchObject({ code: 'forbidden' });
  expect(await loadPlan(auditor, { planId: plan.id })).toMatchObject({ hash: plan.hash });
  const events = await world.rows('select action, result, actor from audit_events order by time_started, id');
  expect(events.map((event) => `${event.action} ${event.result}`)).toEqual([
    'cleanup.preview success',
    'cleanup.preview error',
    'cleanup.preview error',
    'access.refuse error',
  ]);
});

test('L10: a wrong challenge id is refused with the allowed range', async () => {
  await expect(previewCleanup(world.admin, { challengeId: 0.5 })).rejects.toThrow(/0\.5.*1 to 2,147,483,647/);
});

test('B2, E22: a challenge that there is not is told, by a preview and by a dry run', async () => {
  const unknown = { code: 'not_found', message: 'There is no challenge 999999.' };
  await expect(previewCleanup(world.admin, { challengeId: 999_999 })).rejects.toMatchObject(unknown);
  await expect(
    dryRunCleanup(world.admin, { challengeId: 999_999 }, async () => 'read'),
  ).rejects.toMatchObject(unknown);
});
