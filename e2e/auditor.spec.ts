import { CHALLENGES, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { AuditLogPage } from './pages/audit-log-page';
import { ChallengePage } from './pages/challenge-page';
import { CleanupPage } from './pages/cleanup-pages';
import { ConsentDialog } from './pages/consent-dialog';
import { SettingsPage } from './pages/settings-page';
import { type RecordedCall, recordAction, replayAs } from './server-action';
import { visit } from './visit';

const { openEnded } = CHALLENGES;

test('an auditor reads who decided what and when, with the old and the new value (L8, B3)', async ({
  as,
}) => {
  const host = await as(openEnded.hosts[0]);
  const challenge = new ChallengePage(host);
  await challenge.open(openEnded.id);
  await expect(challenge.consentSwitch).toBeChecked();
  await challenge.consentSwitch.click();
  const dialog = new ConsentDialog(host, 'withdraw');
  const [title = ''] = await dialog.paragraphs();
  await dialog.notes.fill('Kept until the marathon is over.');
  await dialog.confirm.click();
  await expect(challenge.consentSwitch).not.toBeChecked();

  const page = await as(PEOPLE.auditor);
  await visit(page, `/consent-history?challenge=${openEnded.id}`);
  const decisions = page
    .getByRole('table', { name: 'Decisions, newest first' })
    .locator('tbody')
    .getByRole('row');
  await expect(decisions).toHaveCount(2);
  await expect(decisions.first()).toContainText('Withdrawn');
  await expect(decisions.first()).toContainText('Lucía Navarro');
  await expect(decisions.first()).toContainText('Kept until the marathon is over.');
  await decisions
    .first()
    .getByRole('link', { name: /Open record/ })
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Consent withdrawn');
  await expect(page.getByText(title, { exact: true })).toBeVisible();

  const log = new AuditLogPage(page);
  await log.open({ target: `challenge:${openEnded.id}`, action: 'consent.withdraw' });
  await expect(log.rows).toHaveCount(1);
  await expect(log.rows.first()).toContainText('Done');
  await log.openFirst();
  await expect(log.value('consent')).toHaveText(['true', 'false']);
  await expect(page.locator('[data-answer]')).toContainText('Lucía Navarro');
});

/** What an auditor may open; every other page of the product is for admins. */
const PAGES = [
  '/',
  '/challenges',
  `/challenges/${openEnded.id}`,
  '/cleanup',
  '/cleanup/plans',
  '/cleanup/runs',
  '/public-data',
  '/public-data/transcripts',
  '/public-data/plans',
  '/public-data/runs',
  '/consent-history',
  '/holds',
  '/overrides',
  '/notices',
  '/notices/summaries',
  '/reconciliation',
  '/jobs',
  '/audit-log',
  '/audit-log/size',
  '/audit-log/streams',
  '/audit-log/streams/lapse',
  '/settings',
  '/settings/audit-retention',
];

test('an auditor is shown nothing that changes anything, and no page of the admins (B12)', async ({ as }) => {
  const page = await as(PEOPLE.auditor);
  for (const path of PAGES) {
    expect(await visit(page, path), path).toBe(200);
    const buttons = await page.getByRole('main').getByRole('button').allInnerTexts();
    // What is left copies an id, and has no words.
    expect(buttons.filter(Boolean), path).toEqual([]);
    for (const control of await page.getByRole('switch').all()) {
      await expect(control).toHaveAttribute('aria-disabled', 'true');
    }
  }
  await expect(
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }),
  ).toHaveCount(0);
  expect(await visit(page, '/people')).toBe(403);
  await expect(page.getByRole('main')).toContainText('Not open to auditors');
});

test('the server refuses an auditor who asks for a change past the buttons, and writes it down (L8)', async ({
  as,
}) => {
  const calls = await test.step('an admin and a host do it', async () => {
    const recorded: Record<string, RecordedCall> = {};
    const admin = await as(PEOPLE.admin);
    const challenge = new ChallengePage(admin);
    await challenge.open(openEnded.id);
    recorded['hold.place'] = await recordAction(admin, () =>
      challenge.placeHold({ matter: 'Auditor journey', reason: 'To see who may.' }),
    );
    const release = await challenge.openRelease('Auditor journey');
    recorded['hold.release'] = await recordAction(admin, () => release.confirm('The journey is over.'));
    await expect(challenge.holdRow('Auditor journey')).toContainText('Released');
    const cleanup = new CleanupPage(admin);
    await cleanup.open();
    recorded['cleanup.preview'] = await recordAction(admin, () => cleanup.preview.click());
    await admin.waitForURL(/\/cleanup\/plans\//);
    const settings = new SettingsPage(admin);
    await settings.open();
    const batch = await settings.change('Objects in one batch');
    await batch.value.fill('999');
    await batch.reason.fill('To see who may.');
    recorded['setting.change'] = await recordAction(admin, () => batch.save.click());
    await expect(settings.row('Objects in one batch')).toContainText('999 objects');
    const back = await settings.change('Objects in one batch');
    await back.reason.fill('The journey is over.');
    await back.reset.click();
    await expect(settings.row('Objects in one batch')).toContainText('This is the default.');
    await visit(admin, '/jobs');
    recorded['job.request'] = await recordAction(admin, () =>
      admin.getByRole('button', { name: 'Run now: Recompute retention dates' }).click(),
    );
    await admin.waitForURL(/\/jobs\/runs\//);

    const host = await as(openEnded.hosts[0]);
    const owned = new ChallengePage(host);
    await owned.open(openEnded.id);
    const given = await owned.consentSwitch.isChecked();
    await owned.consentSwitch.click();
    const { confirm } = new ConsentDialog(host, given ? 'withdraw' : 'give');
    recorded[given ? 'consent.withdraw' : 'consent.give'] = await recordAction(host, () => confirm.click());
    await expect(owned.consentSwitch).toBeChecked({ checked: !given });
    return recorded;
  });

  const auditor = await as(PEOPLE.auditor);
  const log = new AuditLogPage(auditor);
  for (const [action, call] of Object.entries(calls)) {
    const answer = await replayAs(auditor, call);
    expect(answer.status, action).toBe(200);
    expect(answer.text, action).toMatch(/"ok":false|"outcome":"refused"/);
    await log.open({ actor: PEOPLE.auditor, action, result: 'error' });
    await expect(log.rows.first(), action).toContainText('Refused');
  }

  const challenge = new ChallengePage(auditor);
  await challenge.open(openEnded.id);
  await expect(challenge.holdRow('Auditor journey')).toHaveCount(1);
});
