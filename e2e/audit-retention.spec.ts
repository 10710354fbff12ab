import { PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { Keyboard } from './keyboard';
import { AuditLogPage } from './pages/audit-log-page';
import { AuditRetentionPage } from './pages/audit-pages';
import { visit } from './visit';

test('an admin sees what a shorter hot tier would do, schedules it, and takes it back in time (T1, O4, L4, L8)', async ({
  as,
}) => {
  const page = await as(PEOPLE.admin);
  const retention = new AuditRetentionPage(page);
  await retention.open();
  await expect(retention.answer).toHaveText(/^Events stay in the database for 30 days, /);
  await expect(retention.look).toBeDisabled();

  await retention.days('Hot').fill('20');
  await retention.look.click();
  await expect(page.getByRole('heading', { name: 'What this would do' })).toBeFocused();
  await expect(retention.changes).toHaveCount(1);
  await expect(retention.changes).toContainText(/Hot tier.*30 days.*20 days.*from /s);

  // Another value is not what was shown, so it has to be looked at first.
  await retention.days('Hot').fill('21');
  await expect(retention.schedule).toHaveCount(0);
  await retention.look.click();
  await retention.schedule.click();
  await expect(page.getByRole('alert').or(page.locator('[aria-invalid=true]')).first()).toBeVisible();
  await retention.reason.fill('The database is to stay small.');
  await retention.schedule.click();
  await expect(retention.scheduled).toBeVisible();
  await expect(retention.answer).toContainText('30 days');

  // Whoever comes by can see it and stop it.
  const overview = await as(PEOPLE.admin);
  await visit(overview, '/');
  await expect(overview.getByText('The audit log is about to be kept for a shorter time')).toBeVisible();
  await expect(overview.getByText(/Hot tier from 30 days to 21 days/)).toBeVisible();

  const auditor = await as(PEOPLE.auditor);
  await visit(auditor, '/');
  await expect(
    auditor.getByText(/Hot tier from 30 days to 21 days.* Every admin can cancel it/),
  ).toBeVisible();

  await page.reload();
  await retention.cancel('It is large enough.');
  await expect(retention.scheduled).toHaveCount(0);
  await expect(retention.days('Hot')).toHaveValue('30');
  await overview.reload();
  await expect(overview.getByText('The audit log is about to be kept')).toHaveCount(0);

  const log = new AuditLogPage(await as(PEOPLE.auditor));
  for (const action of ['audit-retention.change', 'audit-retention.cancel']) {
    await log.open({ action });
    await expect(log.rows.first()).toContainText('Done');
  }
});

test('what is impossible is refused in its place, with the value and what is allowed (O4, T1)', async ({
  as,
}) => {
  const page = await as(PEOPLE.admin);
  const retention = new AuditRetentionPage(page);
  await retention.open();
  for (const [tier, typed, words] of [
    ['Hot', '0', '“0” is not allowed: use a whole number of days from 1 to 36,500'],
    ['Hot', '1.5', '“1.5” is not allowed: use a whole number of days'],
    ['Hot', 'a week', '“a week” is not allowed'],
    ['Warm', '30', '30 is not allowed: daily archives end after the hot tier does'],
  ] as const) {
    const field = retention.days(tier);
    const before = await field.inputValue();
    await field.fill(typed);
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByText(words)).toBeVisible();
    await expect(retention.look).toBeDisabled();
    await field.fill(before);
    await expect(field).not.toHaveAttribute('aria-invalid', 'true');
  }
});

test('a rule that the periods fall short of cannot be chosen before they are raised (T1)', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  const retention = new AuditRetentionPage(page);
  await retention.open();
  await page.getByLabel('Keep archives for good').uncheck();
  await retention.days('Cold').fill('400');
  await page.getByRole('checkbox', { name: 'HIPAA' }).check();
  await expect(page.getByText(/400 falls short of HIPAA \(45 CFR 164\.316\(b\)\(2\)\(i\)\)/)).toBeVisible();
  await expect(retention.look).toBeDisabled();
  await page.getByRole('button', { name: 'Raise them' }).click();
  await expect(retention.days('Cold')).toHaveValue('2192');
  await retention.look.click();
  await expect(retention.changes.filter({ hasText: 'Cold tier' })).toContainText('2,192 days');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByLabel('Keep archives for good')).toBeChecked();
});

test('the form is filled in and looked at with the keyboard alone (B12)', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  const keys = new Keyboard(page);
  const retention = new AuditRetentionPage(page);
  await retention.open();
  await keys.tabTo(retention.days('Warm'));
  await keys.press('ControlOrMeta+a');
  await keys.type('400');
  await keys.press('Enter');
  await expect(page.getByRole('heading', { name: 'What this would do' })).toBeFocused();
  await expect(retention.changes).toContainText(/Warm tier.*365 days.*400 days.*at once/s);
  await keys.tabTo(retention.reason);
  await keys.seesFocus();
});

test('an auditor reads the retention and changes nothing of it, and a host does not see it (L8)', async ({
  as,
}) => {
  const auditor = await as(PEOPLE.auditor);
  const retention = new AuditRetentionPage(auditor);
  expect(await retention.open()).toBe(200);
  await expect(auditor.getByText('Only admins change it.')).toBeVisible();
  await expect(retention.days('Hot')).toBeDisabled();
  await expect(retention.look).toHaveCount(0);

  const host = await as(PEOPLE.host);
  expect(await visit(host, '/settings/audit-retention')).toBe(403);
  expect((await host.request.get('/api/v1/audit-retention')).status()).toBe(403);
});
