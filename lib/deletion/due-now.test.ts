import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { WorldBuilder } from '@/db/testing-builders';
import type { Actor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { OffLogStore } from '@/lib/platform/log-store/off-log-store';
import { FolderMailer } from '@/lib/platform/mail/folder-mailer';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import { beginScheduledCleanup } from './begin-scheduled-cleanup';
import { dueNow } from './due-now';
import { listPlans, runOfPlan } from './list-plans';
import { loadPlan } from './load-plan';
import { previewCleanup } from './preview-cleanup';

const now = new Date('2026-11-20T12:00:00Z');
let database: TestDatabase;
let world: WorldBuilder;

beforeAll(async () => {
  database = await createTestDatabase();
  world = new WorldBuilder(database.db, now);
});
afterAll(() => database.close());

const as = (actor: Actor): Context => ({
  db: database.db,
  clock: fixedClock(now),
  storage: new FolderStorage('/nonexistent'),
  logs: new OffLogStore('production'),
  mailer: new FolderMailer({ folder: '/nonexistent', from: 'Lapse <lapse@localhost>' }),
  log,
  actor,
});
const shell: Actor = { type: 'cli', osUser: 'root' };
const host: Actor = {
  type: 'user',
  personId: 1,
  username: 'hanna',
  displayName: 'Hanna',
  role: 'host',
  timeZone: 'UTC',
};

it('says what a preview says: what is held, still active, or shared with what stays is not due', async () => {
  expect(await dueNow(as(shell))).toEqual({ submissions: 0, challenges: 0, heldBack: 0 });
  await world.challenge({ submissions: 3 });
  await world.challenge({ submissions: [{ status: 'running' }, {}] });
  const held = await world.challenge({ submissions: 2 });
  await world.hold({ challengeId: held.id });
  // One file for two submissions: both due, so it goes; and one for a submission that is still at work, so it stays.
  await world.challenge({
    submissions: [
      { artifacts: [{ objectKey: 'shared/both' }] },
      { artifacts: [{ objectKey: 'shared/both' }] },
      { artifacts: [{ objectKey: 'shared/one' }] },
      { status: 'running', artifacts: [{ objectKey: 'shared/one' }] },
    ],
  });
  const due = await dueNow(as(shell));
  const plan = await previewCleanup(as(shell));
  expect(due).toEqual({ submissions: 6, challenges: 3, heldBack: 5 });
  expect({ submissions: plan.submissions, challenges: plan.challenges }).toEqual({
    submissions: 6,
    challenges: 3,
  });
});

it('lists the plans page by page, newest first, each once, and finds no run of a plan that had none', async () => {
  await previewCleanup(as(shell));
  const first = await listPlans(as(shell), { limit: 1 });
  const second = await listPlans(as(shell), { limit: 1, cursor: first.nextCursor ?? '' });
  const ids = [...first.plans, ...second.plans].map((plan) => plan.id);
  expect(second.nextCursor).toBeNull();
  expect(new Set(ids).size).toBe(2);
  expect(await runOfPlan(as(shell), { planId: ids[0] ?? '' })).toBeNull();
});

it('says who or what made a plan, also where no person did', async () => {
  const byCommand = await previewCleanup(as(shell));
  const job: Actor = { type: 'system', job: 'cleanup-expired-submission-artifacts' };
  const { jobRunId } = await beginScheduledCleanup(as(job), { tick: now.toISOString() });
  const { plans } = await listPlans(as(shell));
  const bySchedule = plans.find(({ madeBy }) => madeBy === 'the schedule');
  expect(await runOfPlan(as(shell), { planId: bySchedule?.id ?? '' })).toMatchObject({ id: jobRunId });
  expect(await loadPlan(as(shell), { planId: bySchedule?.id ?? '' })).toMatchObject({
    madeBy: 'the schedule',
  });
  expect(await loadPlan(as(shell), { planId: byCommand.id })).toMatchObject({ madeBy: 'the command line' });
});

it('L8: is closed to hosts', async () => {
  await expect(dueNow(as(host))).rejects.toThrow('Only admins and auditors');
  await expect(listPlans(as(host))).rejects.toThrow('Only admins and auditors');
  await expect(runOfPlan(as(host), { planId: '01939e5c-0000-7000-8000-000000000000' })).rejects.toThrow(
    'Only admins and auditors',
  );
});
