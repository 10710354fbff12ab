import { checkEverywhere, checkOpen } from './accessible';
import { CHALLENGES, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { ChallengePage } from './pages/challenge-page';
import { HoldsPage, placeInDialog, ReleaseDialog } from './pages/hold-pages';
import { visit } from './visit';

const { holdable } = CHALLENGES;
const NO_HOLD = '/holds/01890000-0000-7000-8000-000000000000';

test('an admin holds a challenge, a phase and a submission, sees what each release lets go, and releases them (L3, L8)', async ({
  as,
}) => {
  test.slow();
  const page = await as(PEOPLE.admin);
  const challenge = new ChallengePage(page);
  const holds = new HoldsPage(page);
  await challenge.open(holdable.id);
  const ids = await challenge.submissionIds();
  const [first = 0] = ids;

  await test.step('a matter and a reason are asked for, in words', async () => {
    await checkOpen(page, page.getByRole('button', { name: `Hold… submission #${first}` }), 'dialog');
    await page.getByRole('button', { name: `Hold… submission #${first}` }).click();
    const dialog = page.getByRole('dialog', { name: `Place a hold on submission #${first}` });
    await placeInDialog(dialog, '   ', 'The authors are asked.');
    await expect(dialog).toContainText('give the matter that the hold serves: a text of 1 to 200 characters');
    await placeInDialog(dialog, 'One\u202e', 'The authors are asked.');
    await expect(dialog).toContainText('control characters are not allowed');
    await placeInDialog(dialog, 'Zeta one', 'The authors are asked.');
    await dialog.waitFor({ state: 'hidden' });
    await expect(challenge.submissionRows().filter({ hasText: `#${first}` })).toContainText('Held');
  });
  await test.step('from the row of a phase, and from the page for the whole challenge', async () => {
    await page.getByRole('button', { name: 'Hold… phase Evaluation' }).click();
    const dialog = page.getByRole('dialog', { name: 'Place a hold on phase Evaluation' });
    await placeInDialog(dialog, 'Zeta phase', 'The phase is disputed.');
    await dialog.waitFor({ state: 'hidden' });
    await challenge.placeHold({ matter: 'Zeta 100%', reason: 'The sponsor asked for all of it.' });
    await expect(challenge.holdRow('Zeta 100%')).toContainText('The whole challenge');
  });

  await test.step('the list finds them by matter, state and what they stand on', async () => {
    await holds.open({ matter: 'zETA ' });
    await expect(holds.rows).toHaveCount(3);
    await holds.open({ matter: '0%' });
    await expect(holds.rows).toHaveCount(1);
    await holds.open({ matter: 'zeta', on: 'submission' });
    await expect(holds.row('Zeta one')).toContainText(`Submission #${first}`);
    await expect(holds.rows).toHaveCount(1);
    await holds.open({ matter: 'zeta', state: 'released' });
    await expect(page.getByRole('main')).toContainText('No hold matches');
  });

  await test.step('the page of a hold says what it keeps, and that others keep the same', async () => {
    await holds.open({ matter: 'zeta' });
    await holds.openHold('Zeta 100%');
    await expect(holds.answer).toHaveText(
      /^“Cross-Lingual Fact Checking” has been held since .+ by Ada .+, for the matter “Zeta 100%”: The sponsor asked for all of it\.$/,
    );
    const main = page.getByRole('main');
    await expect(main).toContainText(`It keeps ${ids.length} submissions (`);
    await expect(main).toContainText('It lets nothing go: other holds keep all of it.');
    const others = page.getByRole('table', { name: 'Other holds that keep some of it' });
    await expect(others.locator('tbody').getByRole('row')).toHaveText([
      new RegExp(`^Zeta phase\\s*phase Evaluation\\s*${ids.length}$`),
      new RegExp(`^Zeta one\\s*submission #${first}\\s*1$`),
    ]);
    await expect(page.getByRole('table', { name: 'Audit events' })).toContainText('Place a hold');
    await checkEverywhere(page, 'the page of a hold');
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  await test.step('the release of the last one but one shows when anything could go', async () => {
    const covered = await ReleaseDialog.open(page, 'Zeta 100%');
    await expect(covered.facts).toContainText('“Zeta phase”, on phase Evaluation, keeps');
    await covered.confirm('The sponsor has what it needs.');
    await expect(holds.answer).toContainText('was held');
    await expect(page.getByRole('main')).toContainText('It keeps nothing any more.');
    await expect(page.getByRole('button', { name: /^Release the hold/ })).toHaveCount(0);

    await challenge.open(holdable.id);
    const dialog = await challenge.openRelease('Zeta phase');
    await expect(dialog.facts).toContainText(`${ids.length - 1} submissions (`);
    await expect(dialog.facts).toContainText('would no longer be held by any hold.');
    await expect(dialog.facts).toContainText(/1 submission and \d+ files stay under 1 other hold\./);
    await expect(dialog.facts).toContainText(
      /at least 14 days before anything goes: nothing of it can be deleted before \d+ \w+ \d{4}, .*UTC/,
    );
    await dialog.confirm('The question is settled.');
    await expect(challenge.holdRow('Zeta phase')).toContainText('The question is settled.');
  });

  await test.step('of two admins who release it, the second is told who was first', async () => {
    await holds.open({ matter: 'Zeta one' });
    const path = await holds.openHold('Zeta one');
    const other = await as(PEOPLE.admin);
    await visit(other, path);
    const late = await ReleaseDialog.open(other, 'Zeta one');
    await (await ReleaseDialog.open(page, 'Zeta one')).confirm('The authors have answered.');
    await late.ask('The same.');
    await expect(late.root).toContainText(/This hold was released already, by Ada .+ UTC/);
    await other.keyboard.press('Escape');
    await expect(new HoldsPage(other).answer).toContainText('was held');
    await checkEverywhere(page, 'the page of a released hold');
  });
});

test('an auditor reads holds and what they keep, and has no button for them (L3, L8)', async ({ as }) => {
  const page = await as(PEOPLE.auditor);
  const holds = new HoldsPage(page);
  await holds.open();
  await expect(holds.answer).toContainText(/\d+ holds? keeps? data of \d+ challenges?/);
  const matter = (await holds.rows.first().getByRole('link').first().textContent()) ?? '';
  await holds.openHold(matter);
  await expect(holds.answer).toContainText('has been held since');
  await expect(page.getByRole('heading', { name: 'If it were released now' })).toBeVisible();
  await expect(page.getByRole('button', { name: /Place a hold|^Release the hold|^Hold…/ })).toHaveCount(0);
  await visit(page, `/challenges/${holdable.id}`);
  await expect(page.getByRole('button', { name: /Place a hold|^Release the hold|^Hold…/ })).toHaveCount(0);
  expect(await visit(page, NO_HOLD)).toBe(404);
  expect(await visit(page, '/holds/not-an-id')).toBe(404);
});

test('a host learns nothing of holds but that one stands (L3, L8)', async ({ as }) => {
  const auditor = await as(PEOPLE.auditor);
  const holds = new HoldsPage(auditor);
  await holds.open();
  const matter = (await holds.rows.first().getByRole('link').first().textContent()) ?? '';
  const path = await holds.openHold(matter);

  const host = await as(PEOPLE.host);
  for (const address of ['/holds', path, NO_HOLD]) expect(await visit(host, address), address).toBe(403);
  const { request } = host.context();
  for (const address of ['/api/v1/holds', `/api/v1${path}`, `/api/v1${NO_HOLD}`]) {
    const response = await request.get(address);
    expect(response.status(), address).toBe(403);
    expect(await response.text(), address).not.toContain(matter);
  }
  const own = { challenge_id: holdable.id, matter: 'Mine', reason: 'I would rather keep it.' };
  expect((await request.post('/api/v1/holds', { data: own })).status()).toBe(403);
  expect((await request.post(`/api/v1${path}/release`, { data: { reason: 'Let go.' } })).status()).toBe(403);
  await visit(host, `/challenges/${holdable.id}`);
  await expect(host.getByRole('button', { name: /Place a hold|^Release the hold|^Hold…/ })).toHaveCount(0);
  await expect(host.getByRole('table', { name: 'Holds on this challenge' })).toHaveCount(0);
});
