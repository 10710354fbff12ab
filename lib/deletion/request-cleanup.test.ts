import { afterEach, beforeEach, expect, test } from 'vitest';
import { addDays } from '@/lib/platform/clock';
import { confirmationFor } from './confirmation';
import { listRuns, loadRun } from './list-runs';
import { requestCleanup } from './request-cleanup';
import { runCleanupToEnd } from './run-cleanup-to-end';
import { CleanupWorld, NOW } from './testing/cleanup-world';

let world: CleanupWorld;
beforeEach(async () => {
  world = await CleanupWorld.open();
});
afterEach(() => world.close());

test('B2: asking opens the run, uses the plan and leaves the event, in one transaction', async () => {
  await world.challenge();
  const plan = await world.preview();
  const jobRunId = await world.request(plan);
  expect(await world.rows('select name, data, sent_at from outbox')).toEqual([
    { name: 'lapse/cleanup.requested', data: { jobRunId }, sent_at: null },
  ]);
  expect((await loadRun(world.admin, { jobRunId })).run).toMatchObject({
    state: 'queued',
    trigger: 'manual',
    planId: plan.id,
    requestedBy: { type: 'user', username: 'admin' },
  });
  expect(await world.objects()).toHaveLength(4);
});

test('B2: another confirmation, another hash, an expired or used or empty plan are refused', async () => {
  await world.challenge();
  const plan = await world.preview();
  const right = { planId: plan.id, hash: plan.hash, confirmation: 'delete 4 files' };
  const ask = (input: object) => requestCleanup(world.admin, { ...right, ...input });

  await expect(ask({ confirmation: 'delete 5 files' })).rejects.toMatchObject({
    code: 'invalid',
    fields: { confirmation: "type 'delete 4 files'" },
  });
  await expect(ask({ hash: plan.hash.replace(/.$/, 'g') })).rejects.toMatchObject({ code: 'conflict' });
  await expect(ask({ planId: '00000000-0000-7000-8000-000000000000' })).rejects.toMatchObject({
    code: 'not_found',
  });
  for (const role of ['host', 'auditor'] as const) {
    await expect(requestCleanup(world.context(world.person(role, 1)), right)).rejects.toMatchObject({
      code: 'forbidden',
    });
  }
  world.clock.set(addDays(NOW, 1));
  await expect(ask({})).rejects.toThrow(/expired/);
  world.clock.set(NOW);
  await ask({ confirmation: '  Delete 4 FILES ' });
  await expect(ask({})).rejects.toThrow(/already/);
  expect(await world.rows('select 1 from job_runs')).toHaveLength(1);
  expect(
    await world.rows("select 1 from audit_events where action = 'cleanup.request' and result = 'error'"),
  ).toHaveLength(7);
});

test('B2: two people who ask at once make one run', async () => {
  await world.challenge();
  const plan = await world.preview();
  const answers = await Promise.allSettled([world.request(plan), world.request(plan), world.request(plan)]);
  expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
  expect(await world.rows('select 1 from outbox')).toHaveLength(1);
});

test('B2: a plan whose items were changed behind its back is not run', async () => {
  await world.challenge();
  await world.challenge({ disabled: true });
  for (const tampering of [
    "update plan_items set will_delete = true, reason = 'retention-period-over'",
    'update plan_items set size_bytes = 11 where position = 1',
    "update plan_items set storage_key = storage_key || '.txt' where position = 2",
  ]) {
    const plan = await world.preview();
    const jobRunId = await world.request(plan);
    await world.rows(tampering);
    expect(await runCleanupToEnd(world.job(), { jobRunId })).toMatchObject({
      state: 'stopped',
      summary: expect.stringContaining('The plan is not the one that was made'),
    });
    await world.rows('delete from plan_items');
  }
  expect(await world.objects()).toHaveLength(8);
});

test('the confirmation counts files as people read them', () => {
  expect(
    [1, 2, 1234].map((files) => confirmationFor({ source: 'submission-artifacts', transcripts: 0, files })),
  ).toEqual(['delete 1 file', 'delete 2 files', 'delete 1,234 files']);
});

test('runs are listed newest first, in pages', async () => {
  await world.challenge();
  const ids: string[] = [];
  for (let index = 0; index < 3; index++) {
    ids.unshift(await world.request(await world.preview()));
    world.clock.set(new Date(NOW.getTime() + (index + 1) * 1000));
  }
  const first = await listRuns(world.admin, { limit: 2 });
  const second = await listRuns(world.admin, { limit: 2, before: first.nextBefore! });
  expect([...first.runs, ...second.runs].map(({ run }) => run.id)).toEqual(ids);
  expect(second.nextBefore).toBeNull();
});
