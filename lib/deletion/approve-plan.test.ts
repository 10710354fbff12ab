import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { updatePerson } from '@/lib/people/update-person';
import { addDays } from '@/lib/platform/clock';
import { changeSetting } from '@/lib/settings/change-setting';
import { approvePlan } from './approve-plan';
import { beginScheduledCleanup } from './begin-scheduled-cleanup';
import { approvalConfirmationFor, confirmationFor } from './confirmation';
import { listPlans, plansAwaitingApproval } from './list-plans';
import { loadPlan } from './load-plan';
import { previewCleanup } from './preview-cleanup';
import { requestCleanup } from './request-cleanup';
import { runCleanupToEnd } from './run-cleanup-to-end';
import type { Plan } from './source';
import { CleanupWorld, NOW } from './testing/cleanup-world';

let world: CleanupWorld;
let second: Context;
let secondId: number;
beforeEach(async () => {
  world = await CleanupWorld.open();
  secondId = await world.build.person({ role: 'admin', username: 'viktor' });
  second = world.context(world.person('admin', secondId));
  await world.set('approval.above-files', 3);
});
afterEach(() => world.close());

const request = (ctx: Context, plan: Plan, confirmation = confirmationFor(plan)) =>
  requestCleanup(ctx, { planId: plan.id, hash: plan.hash, confirmation });
const approve = (ctx: Context, plan: Plan, confirmation = approvalConfirmationFor(plan)) =>
  approvePlan(ctx, { planId: plan.id, hash: plan.hash, confirmation });

test('B2: a plan above the limit runs only when another admin has approved it', async () => {
  await world.challenge();
  const plan = await world.preview();
  await expect(request(world.admin, plan)).rejects.toMatchObject({
    code: 'forbidden',
    message:
      'It deletes 4 files; a plan of more than 3 files needs a second admin. An admin who neither made it nor runs it must approve it first.',
  });
  expect(await world.rows('select 1 from job_runs')).toEqual([]);
  await approve(second, plan);
  const { jobRunId } = await request(world.admin, plan);
  expect((await runCleanupToEnd(world.job(), { jobRunId })).state).toBe('succeeded');
  expect(await world.objects()).toEqual([]);
});

test('B2: within the limits nobody else is asked, and an approval is refused as needless', async () => {
  await world.set('approval.above-files', 4);
  await world.challenge();
  const plan = await world.preview();
  await expect(approve(second, plan)).rejects.toMatchObject({ code: 'conflict' });
  await request(world.admin, plan);
});

test('B2: many bytes need it as few files do', async () => {
  await world.set('approval.above-files', 100);
  await world.set('approval.above-bytes', 39);
  await world.challenge();
  const plan = await world.preview();
  await expect(request(world.admin, plan)).rejects.toMatchObject({
    message: expect.stringContaining('It deletes 40 B; a plan of more than 39 B needs a second admin.'),
  });
});

describe('B2: who cannot be the second admin', () => {
  test('the maker of the plan, whoever runs it', async () => {
    await world.challenge();
    const plan = await world.preview();
    await expect(approve(world.admin, plan)).rejects.toMatchObject({
      code: 'forbidden',
      message: 'You made this plan; another admin must approve it.',
    });
  });

  test('the one who then asks for the run', async () => {
    await world.challenge();
    const plan = await world.preview();
    await approve(second, plan);
    await expect(request(second, plan)).rejects.toMatchObject({ code: 'forbidden' });
    const third = world.context(
      world.person('admin', await world.build.person({ role: 'admin', username: 'mei' })),
    );
    await approve(third, plan);
    await request(second, plan);
  });

  test('a command, a job, an auditor, or an admin who is none any more', async () => {
    await world.challenge();
    const plan = await world.preview();
    const auditor = world.context(world.person('auditor', secondId));
    for (const nobody of [world.context({ type: 'cli', osUser: 'root' }), world.job(), auditor]) {
      await expect(approve(nobody, plan)).rejects.toMatchObject({ code: 'forbidden' });
    }
    await world.rows(`update people set disabled_at = now() where id = ${secondId}`);
    await expect(approve(second, plan)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await world.rows('select 1 from plan_approvals')).toEqual([]);
  });

  test('an approval counts no more when its admin was disabled before the run was asked for', async () => {
    await world.challenge();
    const plan = await world.preview();
    await approve(second, plan);
    await world.rows(`update people set disabled_at = now() where id = ${secondId}`);
    await expect(request(world.admin, plan)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await loadPlan(world.admin, { planId: plan.id })).approval).toMatchObject({
      isEnough: false,
      approvals: [{ name: 'viktor', counts: false }],
      approvers: [],
    });
  });
});

describe('B2: an approval is refused', () => {
  let plan: Plan;
  beforeEach(async () => {
    await world.challenge();
    plan = await world.preview();
  });

  test('for another hash, a wrong confirmation, and a plan that is not there', async () => {
    await expect(approve(second, { ...plan, hash: 'another' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(approve(second, plan, 'approve 3 files')).rejects.toMatchObject({
      code: 'invalid',
      fields: { confirmation: "type 'approve 4 files'" },
    });
    await expect(approve(second, { ...plan, id: crypto.randomUUID() })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('twice by the same person', async () => {
    await approve(second, plan);
    await expect(approve(second, plan)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('when it has expired or was run', async () => {
    await approve(second, plan);
    await request(world.admin, plan);
    const third = world.context(
      world.person('admin', await world.build.person({ role: 'admin', username: 'mei' })),
    );
    await expect(approve(third, plan)).rejects.toMatchObject({ code: 'conflict' });
    const other = await world.preview();
    world.clock.set(addDays(NOW, 1));
    await expect(approve(second, other)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('expired'),
    });
  });
});

test('L8, B2: approvals and refusals are events, and an approval can be neither changed nor removed', async () => {
  await world.challenge();
  const plan = await world.preview();
  await expect(approve(world.admin, plan)).rejects.toThrow();
  await approvePlan(second, {
    planId: plan.id,
    hash: plan.hash,
    confirmation: 'APPROVE  4 files ',
    notes: 'agreed with the hosts',
  });
  expect(
    await world.rows(
      "select actor, target, result, reason from audit_events where action = 'cleanup.approve' order by time_started, id",
    ),
  ).toEqual([
    { actor: expect.stringMatching(/^user:/), target: `plan:${plan.id}`, result: 'error', reason: null },
    {
      actor: `user:${secondId}`,
      target: `plan:${plan.id}`,
      result: 'success',
      reason: 'agreed with the hosts',
    },
  ]);
  const { sql } = world.database.owner;
  await expect(sql`update plan_approvals set notes = 'no'`).rejects.toThrow(/append-only/);
  await expect(sql`delete from plan_approvals`).rejects.toThrow(/append-only/);
});

test('B3: each receipt says on whose word its object went', async () => {
  await world.challenge();
  const plan = await world.preview();
  const { approvalId } = await approve(second, plan);
  const { jobRunId } = await request(world.admin, plan);
  await runCleanupToEnd(world.job(), { jobRunId });
  const maker = plan.createdBy;
  expect(await world.rows('select distinct approval from receipts')).toEqual([
    {
      approval: {
        requestedBy: `user:${maker}`,
        requestedAt: NOW.toISOString(),
        schedule: null,
        approvals: [{ approvalId, approvedBy: secondId, approvedAt: NOW.toISOString() }],
      },
    },
  ]);
});

test('B2, B3, E15: a scheduled run is under policy: it needs no approval, and its receipts cite the schedule', async () => {
  await world.challenge();
  const tick = '2026-12-01T02:00:00.000Z';
  await runCleanupToEnd(world.job(), await beginScheduledCleanup(world.job(), { tick }));
  expect(await world.rows('select distinct approval from receipts')).toEqual([
    {
      approval: {
        requestedBy: 'system:cleanup-expired-submission-artifacts',
        requestedAt: NOW.toISOString(),
        schedule: tick,
        approvals: [],
      },
    },
  ]);
});

describe('B2: a plan that a command made', () => {
  const shell = () => world.context({ type: 'cli', osUser: 'root' });

  test('is run by a command when two admins have approved it: one may be who has the shell', async () => {
    await world.challenge();
    const plan = await previewCleanup(shell());
    await expect(request(shell(), plan)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('No known person made it or runs it, so two admins must approve it'),
    });
    await approve(second, plan);
    await expect(request(shell(), plan)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await loadPlan(shell(), { planId: plan.id })).approval).toMatchObject({
      needed: 2,
      missing: 1,
      isEnough: false,
      approvers: [{ name: 'grace' }],
    });
    expect(await plansAwaitingApproval(second)).toEqual([]);
    expect((await plansAwaitingApproval(world.admin)).map(({ id }) => id)).toEqual([plan.id]);
    await approve(world.admin, plan);
    expect(await plansAwaitingApproval(shell())).toEqual([]);
    await request(shell(), plan);
  });

  test('is run by an admin in the browser when another one has approved it', async () => {
    await world.challenge();
    const plan = await previewCleanup(shell());
    await approve(second, plan);
    await expect(request(second, plan)).rejects.toMatchObject({ code: 'forbidden' });
    await request(world.admin, plan);
  });
});

test('B2: a command runs what a person made and another one approved', async () => {
  await world.challenge();
  const plan = await world.preview();
  await approve(second, plan);
  await request(world.context({ type: 'cli', osUser: 'root' }), plan);
});

test('B2: lists and pages say what waits, for whom, and who could approve it', async () => {
  const challenge = await world.challenge({ title: 'Birds' });
  const plan = await world.preview(challenge.id);
  expect(await loadPlan(world.admin, { planId: plan.id })).toMatchObject({
    challengeTitle: 'Birds',
    isOpen: true,
    isRunnable: false,
    approval: { isOwn: true, mayApprove: false, isEnough: false, approvers: [{ name: 'viktor' }] },
  });
  expect(await loadPlan(second, { planId: plan.id })).toMatchObject({
    isRunnable: false,
    approval: { isOwn: false, mayApprove: true, isEnough: false, approvers: [] },
  });
  expect((await plansAwaitingApproval(second)).map(({ id }) => id)).toEqual([plan.id]);
  await approve(second, plan);
  expect(await plansAwaitingApproval(second)).toEqual([]);
  expect((await listPlans(world.admin)).plans).toMatchObject([
    { approval: 'approved', challengeTitle: 'Birds' },
  ]);
  expect(await loadPlan(world.admin, { planId: plan.id })).toMatchObject({ isRunnable: true });
  expect(await loadPlan(second, { planId: plan.id })).toMatchObject({
    isRunnable: false,
    approval: { mayApprove: false },
  });
});

test('B2, L4: an admin who raises the limit still needs the second one, for 7 days', async () => {
  await world.challenge();
  const raise = { name: 'approval.above-files', value: 1_000_000, reason: 'in a hurry' };
  await changeSetting(world.admin, raise);
  for (const day of [0, 6]) {
    world.clock.set(addDays(NOW, day));
    const plan = await world.preview();
    await expect(request(world.admin, plan)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await loadPlan(world.admin, { planId: plan.id })).approval.isEnough).toBe(false);
  }
  world.clock.set(addDays(NOW, 7));
  await request(world.admin, await world.preview());
});

describe('B2: an admin whom another one has just made', () => {
  const puppet = async (since: Date) => {
    const personId = await world.build.person({ role: 'admin', username: `puppet-${since.getTime()}` });
    await world.rows(`update people set admin_since = '${since.toISOString()}' where id = ${personId}`);
    return world.context(world.person('admin', personId));
  };

  test('approves nothing that was made in his first 7 days, and learns from when on he can', async () => {
    await world.challenge();
    const plan = await world.preview();
    const late = await puppet(new Date(addDays(NOW, -7).getTime() + 60_000));
    await expect(approve(late, plan)).rejects.toMatchObject({
      code: 'forbidden',
      message:
        'You are an admin since 13 Nov 2026, 12:01 UTC: your approval counts for what is made 7 days after that, from 20 Nov 2026, 12:01 UTC on.',
    });
    expect((await loadPlan(late, { planId: plan.id })).approval).toMatchObject({
      mayApprove: false,
      whyTooEarly: expect.stringContaining('from 20 Nov 2026, 12:01 UTC on'),
    });
    expect((await loadPlan(world.admin, { planId: plan.id })).approval).toMatchObject({
      approvers: [{ name: 'viktor' }],
      laterApprovers: [{ from: new Date('2026-11-20T12:01:00.000Z') }],
    });
    // Waiting does not help: the plan was made too early.
    world.clock.set(new Date('2026-11-20T18:00:00Z'));
    await expect(approve(late, plan)).rejects.toMatchObject({ code: 'forbidden' });
    const next = await world.preview();
    await approve(late, next);
    await request(world.admin, next);
  });

  test('approves what was made exactly 7 days later', async () => {
    await world.challenge();
    const plan = await world.preview();
    await approve(await puppet(addDays(NOW, -7)), plan);
    await request(world.admin, plan);
  });

  test('has his approval counted no more when he became one anew since', async () => {
    await world.challenge();
    const plan = await world.preview();
    await approve(second, plan);
    await updatePerson(world.admin, { username: 'viktor', role: 'auditor' });
    await updatePerson(world.admin, { username: 'viktor', role: 'admin' });
    await expect(request(world.admin, plan)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await loadPlan(world.admin, { planId: plan.id })).approval.approvals).toMatchObject([
      { counts: false },
    ]);
  });
});

describe('B2: many plans of one person, each within the limits', () => {
  const shell = () => world.context({ type: 'cli', osUser: 'root' });
  /** Of two files each. */
  const plans = async (count: number, ctx = world.admin): Promise<[Plan, Plan, ...Plan[]]> => {
    const made: Plan[] = [];
    for (let n = 0; n < count; n++) {
      const { id } = await world.challenge({ submissions: 1 });
      made.push(await previewCleanup(ctx, { challengeId: id }));
    }
    return made as [Plan, Plan, ...Plan[]];
  };

  test('are one plan together, for 24 hours; the page says so to each', async () => {
    const [first, next] = await plans(2);
    expect((await loadPlan(world.admin, { planId: next.id })).approval.why).toBeNull();
    await request(world.admin, first);
    await expect(request(world.admin, next)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(
        'With what you ran in the last 24 hours it deletes 4 files (40 B); more than 3 files or 1.0 TB in a day needs a second admin.',
      ),
    });
    expect((await loadPlan(world.admin, { planId: next.id })).approval).toMatchObject({
      why: expect.stringContaining('With what you ran'),
      isEnough: false,
    });
    expect((await loadPlan(second, { planId: next.id })).approval).toMatchObject({
      why: null,
      whyForMaker: expect.stringContaining('With what its maker ran'),
      mayApprove: true,
    });
    expect((await plansAwaitingApproval(second)).map(({ id }) => id)).toEqual([next.id]);
    await approve(second, next);
    await request(world.admin, next);
    // The one that was approved does not count; the first still does.
    const [third, fourth] = await plans(2);
    await expect(request(world.admin, third)).rejects.toMatchObject({ code: 'forbidden' });
    world.clock.set(addDays(NOW, 1));
    const later = await previewCleanup(world.admin, { challengeId: fourth.challengeId ?? 0 });
    await request(world.admin, later);
  });

  test('do not count for another admin; commands count together, whoever runs them', async () => {
    const [first, next] = await plans(2);
    await request(world.admin, first);
    await request(second, next);
    const [one, other] = await plans(2, shell());
    await request(shell(), one);
    await expect(request(world.context({ type: 'cli', osUser: 'ada' }), other)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('cannot be asked for at the same moment', async () => {
    const made = await plans(4);
    const results = await Promise.allSettled(made.map((plan) => request(world.admin, plan)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('count by their bytes as well', async () => {
    await world.set('approval.above-files', 100);
    await world.set('approval.above-bytes', 39);
    const [first, next] = await plans(2);
    await request(world.admin, first);
    await expect(request(world.admin, next)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
