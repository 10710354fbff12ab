import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { CHALLENGES, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { ChallengePage } from './pages/challenge-page';
import {
  CleanupPage,
  CleanupRunPage,
  type PlannedFile,
  PlanPage,
  RunPlanDialog,
} from './pages/cleanup-pages';
import { ConsentDialog } from './pages/consent-dialog';
import { JobsPage } from './pages/jobs-page';
import { PeoplePage } from './pages/people-page';
import { SettingsPage } from './pages/settings-page';
import { SignInPage } from './pages/sign-in-page';
import { mailsOnDisk, objectsOnDisk } from './product';
import { addAdminByShell, bringSettingsForward } from './second-admin';
import { settled, visit } from './visit';

const { due, dueInPart, held, reconsidered, unannounced } = CHALLENGES;

const keysOf = (files: readonly PlannedFile[]) => [...new Set(files.map(({ key }) => key))].sort();

test('an admin places a hold on a due challenge, sees it held back, and releases it (L3, L2, L8)', async ({
  as,
}) => {
  const page = await as(PEOPLE.admin);
  const challenge = new ChallengePage(page);
  await challenge.open(held.id);
  await challenge.placeHold({ matter: 'Case 26-2207', reason: 'The sponsor asked for all of it.' });
  await expect(challenge.holdRow('Case 26-2207')).toContainText('The whole challenge');
  await expect(challenge.answer).toContainText('Nothing is deleted: a hold stands on the challenge.');

  const plan = await new CleanupPage(page).makePlan();
  await expect(plan.challengeRow(held.title).getByRole('cell').nth(1)).toHaveText('0');
  expect(await plan.files('goes', held.id)).toEqual([]);
  const kept = await plan.files('held-back', held.id);
  expect(new Set(kept.map(({ fate }) => fate))).toEqual(new Set(['Held back\nA hold is in place\nWhy?']));

  await challenge.open(held.id);
  await challenge.releaseHold('Case 26-2207', 'The sponsor has what it needs.');
  await expect(challenge.holdRow('Case 26-2207')).toContainText('The sponsor has what it needs.');
  await expect(challenge.answer).not.toContainText('a hold stands on the challenge');

  // What a hold kept needs a new notice before it goes.
  const next = await new CleanupPage(page).makePlan();
  expect(await next.files('goes', held.id)).toEqual([]);
});

test('a plan is not run by a wrong confirmation (B2)', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  const before = objectsOnDisk();
  const plan = await new CleanupPage(page).makePlan();
  const dialog = new RunPlanDialog(page);
  await plan.run.click();
  await dialog.confirmation.fill('delete everything');
  await dialog.confirm.click();
  await expect(dialog.root).toContainText("That was something else: type 'delete");
  await expect(dialog.confirmation).toHaveAttribute('aria-invalid', 'true');
  await dialog.root.getByRole('button', { name: 'Cancel' }).click();
  await page.reload();
  await expect(plan.run).toBeVisible();
  expect(objectsOnDisk()).toEqual(before);
});

test('an admin starts the dates and the notices, and the mails are there (E16, E17, O5)', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  const jobs = new JobsPage(page);
  await jobs.open();
  await jobs.runRetentionDates();
  await expect(jobs.runState).toHaveText('Succeeded', { timeout: 30_000 });

  const before = mailsOnDisk();
  await jobs.open();
  await jobs.runNotices();
  await expect(jobs.runState).toHaveText('Succeeded', { timeout: 30_000 });
  const mails = [...mailsOnDisk()].filter(([name]) => !before.has(name)).map(([, text]) => plain(text));
  const mail = mails.find((text) => text.includes(`of the challenge “${unannounced.title}” will be deleted`));
  expect(mail).toContain('To: hanna@lapse-demo.example');
  expect(mail).toContain(`/challenges/${unannounced.id}`);

  await visit(page, `/notices?challenge=${unannounced.id}`);
  const notices = page.getByRole('table', { name: 'Notices' }).locator('tbody').getByRole('row');
  await expect(notices.first()).toContainText('Sent');
  await expect(notices.first()).toContainText('hanna@lapse-demo.example');

  // Nobody is told twice of the same item and date.
  await jobs.open();
  const after = mailsOnDisk();
  await jobs.runNotices();
  await expect(jobs.runState).toHaveText('Succeeded', { timeout: 30_000 });
  expect([...mailsOnDisk().keys()]).toEqual([...after.keys()]);

  await jobs.open();
  await expect(jobs.lastRun('Recompute retention dates')).toContainText('Succeededjust now');
  await expect(jobs.lastRun('Send notices and consent summary')).toContainText('No notice was sent.');
});

test('a plan above the limit is run only when a second admin has approved it (B2, B3, L8)', async ({
  as,
  visitor,
}) => {
  test.slow();
  const page = await as(PEOPLE.admin);
  const settings = new SettingsPage(page);
  const limit = 'Files without a second admin';
  await test.step('an admin lowers the limit, and is told what is allowed', async () => {
    await settings.open();
    const dialog = await settings.change(limit);
    await dialog.value.fill('-1');
    await dialog.reason.fill('Everything is looked at by two.');
    await dialog.save.click();
    await expect(dialog.root).toContainText(
      '-1 is not allowed: use a whole number of files from 0 to 1,000,000,000',
    );
    await dialog.value.fill('3');
    await dialog.save.click();
    await expect(settings.row(limit)).toContainText('3 files');
    await expect(settings.row(limit)).toContainText('Set by Ada');
  });

  const second = { username: 'nora', displayName: 'Nora Lindqvist', password: 'a long enough password' };
  await addAdminByShell(second);
  const puppet = { username: 'nils', displayName: 'Nils Larsen', password: 'another long password' };
  const people = new PeoplePage(page);
  await people.open();
  await people.addAdmin(puppet);

  const challenge = new ChallengePage(page);
  await challenge.open(dueInPart.id);
  await page.getByRole('button', { name: 'Preview its cleanup' }).click();
  await page.waitForURL(/\/cleanup\/plans\/[0-9a-f-]{36}$/);
  const planUrl = page.url();
  const plan = new PlanPage(page);
  const files = Number((await plan.figure('Files').innerText()).replaceAll(',', ''));
  await test.step('its maker can neither run nor approve it', async () => {
    await expect(plan.approval).toContainText('Needs a second admin');
    await expect(plan.approval).toContainText('Nora Lindqvist');
    await expect(plan.approval).not.toContainText('Nils Larsen');
    await expect(plan.run).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Approve…' })).toHaveCount(0);
  });

  await test.step('nor can an admin whom he has just added', async () => {
    const other = await visitor();
    const signIn = new SignInPage(other);
    await signIn.open(new URL(planUrl).pathname);
    await signIn.signIn(puppet.username, puppet.password);
    await other.waitForURL(planUrl);
    await settled(other);
    await expect(new PlanPage(other).approval).toContainText('your approval counts for what is made 7 days');
    await expect(other.getByRole('button', { name: 'Approve…' })).toHaveCount(0);
  });

  await test.step('the second admin finds it, reads it, and approves it', async () => {
    const other = await visitor();
    const signIn = new SignInPage(other);
    await signIn.open('/cleanup');
    await signIn.signIn(second.username, second.password);
    await other.waitForURL(/\/cleanup$/);
    await settled(other);
    await other
      .getByRole('note')
      .getByRole('link', { name: new RegExp(`^${formatCount(files, 'file')}`) })
      .first()
      .click();
    await other.waitForURL(planUrl);
    await settled(other);
    const theirs = new PlanPage(other);
    await theirs.approve('approve everything');
    await expect(other.getByRole('dialog')).toContainText("That was something else: type 'approve");
    await theirs.approve(`approve ${formatCount(files, 'file')}`);
    await expect(theirs.approval).toContainText('You have approved it. Ada');
    await expect(theirs.run).toHaveCount(0);
  });

  await test.step('then its maker runs it, and each receipt says who approved', async () => {
    await visit(page, planUrl);
    await expect(plan.approval).toContainText('Nora Lindqvist approved it');
    const dialog = new RunPlanDialog(page);
    await plan.run.click();
    await dialog.confirmation.fill(`delete ${formatCount(files, 'file')}`);
    await dialog.confirm.click();
    await page.waitForURL(/\/cleanup\/runs\/[0-9a-f-]{36}$/);
    await expect(new CleanupRunPage(page).state).toHaveText('Succeeded', { timeout: 60_000 });
    await page
      .getByRole('link', { name: /^Receipt for / })
      .first()
      .click();
    await page.waitForURL(/\/cleanup\/receipts\//);
    await settled(page);
    await expect(page.getByRole('region', { name: 'On whose word' })).toContainText('Nora Lindqvist');
    await expect(page.getByRole('region', { name: 'The consent' })).toContainText('and read this before');
  });

  await settings.open();
  const dialog = await settings.change(limit);
  await dialog.reason.fill('The journey is over.');
  await dialog.reset.click();
  await test.step('a higher limit waits 7 days, and the overview says so', async () => {
    const rises = /Files without a second admin rises to 10,000 on .* \(Ada .*\); set it back to stop it\./;
    await expect(settings.row(limit)).toContainText(rises);
    await expect(settings.row(limit)).toContainText('3 files');
    await visit(page, '/');
    await expect(page.getByRole('note').filter({ hasText: rises })).toBeVisible();
    await bringSettingsForward();
    await settings.open();
    await expect(settings.row(limit)).toContainText('This is the default.');
  });
  await visit(page, `/audit-log?target=${encodeURIComponent('setting:approval.above-files')}`);
  await expect(page.getByRole('table').locator('tbody').getByRole('row')).toHaveCount(2);
});

test('an admin previews and runs a cleanup; what the screen says is what became of the disk (E10, E11, L1, L3, L6, L7, B3, B8)', async ({
  as,
}) => {
  test.slow();
  const page = await as(PEOPLE.admin);
  const before = objectsOnDisk();

  const plan = await new CleanupPage(page).makePlan();
  const planUrl = page.url();
  const goes = await plan.files('goes');
  const stays = await plan.files('held-back');
  const keys = keysOf(goes);
  await test.step('the plan names the exact files and bytes', async () => {
    expect(goes.filter(({ challenge }) => challenge === due.title).length).toBeGreaterThan(0);
    const sizes = new Map(goes.flatMap(({ key, bytes }) => (bytes === null ? [] : [[key, bytes] as const])));
    for (const [key, bytes] of sizes) if (before.has(key)) expect(before.get(key), key).toBe(bytes);
    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    await expect(plan.figure('Files')).toHaveText(formatNumber(keys.length));
    await expect(plan.figure('Size').locator('data')).toHaveAttribute('value', String(total));
    await expect(plan.answer).toContainText(`${formatCount(keys.length, 'file')} (${formatBytes(total)}`);
    expect(stays.filter(({ key }) => keys.includes(key))).toEqual([]);
  });

  await test.step('a host withdraws between the preview and the run', async () => {
    const challenge = new ChallengePage(await as(reconsidered.hosts[0]));
    await challenge.open(reconsidered.id);
    await challenge.consentSwitch.click();
    await new ConsentDialog(challenge.page, 'withdraw').confirm.click();
    await expect(challenge.consentSwitch).not.toBeChecked();
  });
  const reprieved = keysOf(goes.filter(({ challenge }) => challenge === reconsidered.title));
  expect(reprieved.length).toBeGreaterThan(0);

  const run = new CleanupRunPage(page);
  await test.step('the run asks for its number, and ends', async () => {
    const dialog = new RunPlanDialog(page);
    await plan.run.click();
    await dialog.confirmation.fill(`delete ${formatCount(keys.length, 'file')}`);
    await dialog.confirm.click();
    await page.waitForURL(/\/cleanup\/runs\/[0-9a-f-]{36}$/);
    await expect(run.state).toHaveText('Succeeded', { timeout: 60_000 });
    await expect(run.figure('Stayed')).toHaveText(formatNumber(reprieved.length));
    await expect(run.answer).toContainText(
      `${formatCount(reprieved.length, 'file')} stayed because something changed since the plan.`,
    );
  });

  const receipts = await run.receiptKeys();
  await test.step('receipts and disk tell the same', async () => {
    expect([...receipts].sort()).toEqual(keys.filter((key) => !reprieved.includes(key)));
    const expected = new Map([...before].filter(([key]) => !receipts.includes(key)));
    expect(objectsOnDisk()).toEqual(expected);
    for (const key of reprieved) expect(before.has(key), key).toBe(true);
    const heldBack = stays.filter(({ challenge }) => challenge === dueInPart.title);
    expect(heldBack.length).toBeGreaterThan(0);
  });

  await test.step('the challenge says so, with the receipts', async () => {
    const challenge = new ChallengePage(page);
    await challenge.open(due.id);
    await expect(page.locator('h1 + [data-state-name]')).toHaveText('Deleted');
    const [submissionId] = await challenge.submissionIds();
    await visit(page, `/challenges/${due.id}/submissions/${submissionId}`);
    const files = page
      .getByRole('table', { name: 'Files of this submission' })
      .locator('tbody')
      .getByRole('row');
    for (const file of await files.all()) {
      await expect(file).toContainText(/Deleted on .* under policy/);
      await expect(file.getByRole('button', { name: 'Copy receipt id' })).toBeVisible();
    }
  });

  await test.step('a plan runs once, and the next preview has nothing of it', async () => {
    await visit(page, planUrl);
    await expect(plan.run).toHaveCount(0);
    const next = await new CleanupPage(page).makePlan();
    await expect(next.challengeRow(due.title)).toHaveCount(0);
    const left = await next.files('goes', dueInPart.id);
    expect(left.filter(({ key }) => receipts.includes(key))).toEqual([]);
  });
});

/** A mail as its reader sees it: long lines put together again, and letters decoded. */
function plain(eml: string): string {
  const unfolded = eml.replace(/=\r?\n/g, '').replace(/\r\n/g, '\n');
  return unfolded.replace(/((?:=[0-9A-F]{2})+)/g, (bytes) =>
    Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'),
  );
}
