import { checkOpen } from './accessible';
import { CHALLENGES, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { ChallengePage } from './pages/challenge-page';
import { OverridesPage, PostponeDialog, RetentionSection } from './pages/override-pages';
import { SettingsPage } from './pages/settings-page';
import { SignInPage } from './pages/sign-in-page';
import { mailsOnDisk } from './product';
import { addAdminByShell, bringSettingsForward } from './second-admin';
import { settled, visit } from './visit';

const { shortened, shortening } = CHALLENGES;
const DAY_MS = 86_400_000;

test('a shortening is previewed, approved by a second admin, announced, seen by the hosts, and cancelled (L4, L8, L10)', async ({
  as,
  visitor,
}) => {
  test.slow();
  const page = await as(PEOPLE.admin);
  const challenge = new ChallengePage(page);
  const retention = new RetentionSection(page);
  const settings = new SettingsPage(page);
  const limit = 'Files without a second admin';
  await settings.open();
  const lower = await settings.change(limit);
  await lower.value.fill('3');
  await lower.reason.fill('Shorter periods are looked at by two.');
  await lower.save.click();
  await lower.root.waitFor({ state: 'hidden' });
  const second = { username: 'magda', displayName: 'Magda Weiss', password: 'a long enough password' };
  await addAdminByShell(second);

  const before = mailsOnDisk();
  await challenge.open(shortened.id);
  await expect(retention.root).toContainText('90 days after the end of the phase');
  await test.step('days out of range are refused with the range', async () => {
    const dialog = await retention.change('files');
    for (const [typed, said] of [
      ['0', '0 is not allowed: use a whole number of days from 1 to 36,500'],
      ['40.5', '40.5 is not allowed: use a whole number of days from 1 to 36,500'],
      ['soon', '“soon” is no number of days: use 1 to 36,500.'],
    ] as const) {
      await dialog.days.fill(typed);
      await dialog.reason.fill('The sponsor pays for less.');
      await dialog.look.click();
      await expect(dialog.root).toContainText(said);
      await expect(dialog.days).toHaveAttribute('aria-invalid', 'true');
    }
    await page.keyboard.press('Escape');
  });
  await test.step('the preview says what it affects, and changes nothing', async () => {
    const dialog = await retention.change('files');
    await dialog.days.fill('40');
    await dialog.reason.fill('The sponsor pays for less.');
    await dialog.look.click();
    await expect(dialog.root).toContainText('Files are kept 40 instead of 90 days');
    await expect(dialog.root).toContainText(/7 submissions \(\d+ files, .*\) get an earlier date/);
    await expect(dialog.root.getByRole('table').locator('tbody').getByRole('row')).toHaveCount(7);
    await expect(dialog.root).toContainText('a second admin must approve it first');
    await dialog.confirm.click();
    await dialog.root.waitFor({ state: 'hidden' });
    await expect(retention.row('from 90 days to 40 days')).toContainText('Awaiting approval');
    await expect(retention.root).toContainText('90 days after the end of the phase');
    await expect(retention.banner).toHaveCount(0);
  });

  const overrides = new OverridesPage(page);
  await overrides.open();
  await expect(overrides.answer).toContainText('1 change waits for a second admin');
  await expect(overrides.openChange(shortened.title)).toContainText('Another admin must approve it.');

  await test.step('the second admin approves it, and the hosts are told', async () => {
    const other = await visitor();
    const signIn = new SignInPage(other);
    await signIn.open('/overrides');
    await signIn.signIn(second.username, second.password);
    await other.waitForURL(/\/overrides$/);
    await settled(other);
    await new OverridesPage(other).approve(shortened.title);
    await expect(async () => {
      await overrides.open();
      await expect(overrides.openChange(shortened.title)).toContainText('Scheduled', { timeout: 1000 });
    }).toPass({ timeout: 30_000 });
    await expect(overrides.openChange(shortened.title)).toContainText('Approved by Magda Weiss');
    const mails = [...mailsOnDisk()].filter(([name]) => !before.has(name)).map(([, text]) => text);
    const told = mails.filter((text) => text.includes('Subject: A retention period will be shortened'));
    expect(told.some((text) => text.includes('To: hanna@lapse-demo.example'))).toBe(true);
  });

  await test.step('a host sees it on the page of the challenge, and can change nothing', async () => {
    const host = await as(shortened.hosts[0]);
    await new ChallengePage(host).open(shortened.id);
    const theirs = new RetentionSection(host);
    await expect(theirs.banner).toContainText('Retention of files from 90 days to 40 days');
    await expect(theirs.banner).toContainText('The sponsor pays for less.');
    await expect(theirs.root.getByRole('button')).toHaveCount(0);
    expect(await visit(host, '/overrides')).toBe(403);
  });

  await test.step('it is cancelled before it takes effect', async () => {
    await checkOpen(
      page,
      overrides.openChange(shortened.title).getByRole('button', { name: /^Cancel the change/ }),
      'dialog',
    );
    await overrides.cancel(shortened.title, 'The sponsor pays after all.');
    await expect(overrides.openChange(shortened.title)).toHaveCount(0);
    await expect(overrides.endedChange(shortened.title)).toContainText('Cancelled');
    await expect(overrides.endedChange(shortened.title)).toContainText('The sponsor pays after all.');
  });

  await settings.open();
  const back = await settings.change(limit);
  await back.reason.fill('The journey is over.');
  await back.reset.click();
  await back.root.waitFor({ state: 'hidden' });
  await bringSettingsForward();
  await settings.open();
  await expect(settings.row(limit)).toContainText('This is the default.');
});

test('a longer period holds at once (L4, E8)', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  const challenge = new ChallengePage(page);
  const retention = new RetentionSection(page);
  await challenge.open(shortened.id);
  await checkOpen(
    page,
    retention.root.getByRole('button', { name: 'Change the retention of logs' }),
    'dialog',
  );
  const dialog = await retention.change('logs');
  await dialog.days.fill('3654');
  await dialog.reason.fill('The auditors read them.');
  await dialog.look.click();
  await expect(dialog.root).toContainText('3654 is not allowed: use a whole number of days from 1 to 3653');
  await dialog.days.fill('400');
  await dialog.look.click();
  await expect(dialog.root).toContainText('Logs are kept 400 instead of 30 days');
  await expect(dialog.root).toContainText('It holds at once');
  await dialog.confirm.click();
  await dialog.root.waitFor({ state: 'hidden' });
  await expect(retention.root).toContainText('400 days after the end of the challenge');
  await expect(retention.row('from none of its own to 400 days')).toContainText('In force');
});

test('an admin postpones one submission, and only ever to a later day (E9, L4)', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  const challenge = new ChallengePage(page);
  await challenge.open(shortened.id);
  const [id] = await challenge.submissionIds();
  await visit(page, `/challenges/${shortened.id}/submissions/${id}`);
  const dialog = new PostponeDialog(page);
  const day = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  await dialog.open();
  await dialog.until.fill(day(400));
  await expect(dialog.root).toContainText(
    /The files may go from .* on, once the hosts were sent a notice of it\./,
  );
  await dialog.reason.fill('Its authors appeal.');
  await dialog.confirm.click();
  await dialog.root.waitFor({ state: 'hidden' });
  await expect(page.getByRole('region', { name: 'Submission', exact: true })).toContainText(
    'Its authors appeal.',
  );

  await dialog.open();
  await dialog.until.fill(day(399));
  await dialog.reason.fill('Sooner after all.');
  await dialog.confirm.click();
  await expect(dialog.root).toContainText(`use a day after ${day(400)}`);
  await page.keyboard.press('Escape');

  await challenge.open(shortened.id);
  await expect(challenge.submissionRows().filter({ hasText: `#${id}` })).toContainText('Its authors appeal.');
  const auditor = await as(PEOPLE.auditor);
  await visit(auditor, `/challenges/${shortened.id}/submissions/${id}`);
  await expect(auditor.getByRole('button', { name: 'Postpone…' })).toHaveCount(0);
});

test('an auditor reads what is scheduled, and can act on nothing (L4, L8)', async ({ as }) => {
  const page = await as(PEOPLE.auditor);
  const overrides = new OverridesPage(page);
  await overrides.open();
  await expect(overrides.answer).toContainText(
    /shortening(s are| is) scheduled; (it|the next) takes effect on/,
  );
  const row = overrides.openChange(shortening.title);
  await expect(row).toContainText('from 180 days to 120 days');
  await expect(row).toContainText('Takes effect');
  await expect(row.getByRole('button')).toHaveCount(0);
});
