import { CHALLENGES, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { Keyboard } from './keyboard';
import { ChallengePage } from './pages/challenge-page';
import { settled, visit } from './visit';

// Read only: these challenges are other journeys' to read as well.
const { onHold, deleted, shortening } = CHALLENGES;

test('what is held back and why leads to the submissions, and their answer is the same (B1)', async ({
  as,
}) => {
  const page = await as(PEOPLE.auditor);
  const challenge = new ChallengePage(page);
  await challenge.open(onHold.id);
  const section = page.getByRole('region', { name: 'What is held back, and why' });
  await expect(section).toContainText(/^What is held back, and why\d+ submissions? ha(s|ve) files left/);

  const held = challenge.heldBackRow('Hold');
  await expect(held).toContainText('A hold is in place.');
  await expect(held).toContainText('An admin can release the hold.');
  const count = Number(await held.getByRole('cell').nth(0).innerText());
  expect(count).toBeGreaterThan(0);
  await held.getByRole('link', { name: /^Show \d+ submissions?:/ }).click();
  await page.waitForURL(/\?why=held#submissions$/);
  await settled(page);
  await expect(page.getByLabel('Held back by')).toHaveValue('held');
  const ids = await challenge.submissionIds();
  expect(ids).toHaveLength(count);
  await visit(page, `/challenges/${onHold.id}/submissions/${ids[0]}`);
  await expect(page.locator('[data-why-answer]')).toHaveText('It stays: a hold is in place.');

  await visit(page, `/challenges/${onHold.id}?why=shared-object`);
  await expect(page.getByRole('main')).toContainText('No submission matches');
  await page.getByRole('link', { name: 'Show all submissions' }).click();
  await expect(challenge.submissionRows().first()).toBeVisible();
});

test('a challenge that is deleted has nothing to hold back, and its history says when and by what (E10, E11)', async ({
  as,
}) => {
  const page = await as(PEOPLE.admin);
  const challenge = new ChallengePage(page);
  await challenge.open(deleted.id);
  const deletion = challenge.historyEntries().filter({ hasText: /^[\d,]+ files deleted/ });
  await expect(deletion).toHaveCount(1);
  await expect(deletion.locator('time')).toContainText('UTC');
  await expect(challenge.historyEntries().first()).toHaveText(await deletion.innerText(), {
    useInnerText: true,
  });
  await expect(challenge.historyEntries().last()).toContainText('Consent given');
  await deletion.getByRole('link', { name: /^Run and receipts/ }).click();
  await expect(page).toHaveURL(/\/cleanup\/runs\/[0-9a-f-]{36}$/);

  const host = await as(deleted.hosts[0]);
  const own = new ChallengePage(host);
  await own.open(deleted.id);
  await own
    .historyEntries()
    .getByRole('link', { name: /^What is deleted, with receipts/ })
    .click();
  await host.waitForURL(/\?state=deleted#submissions$/);
  await expect(own.submissionRows().first()).toContainText('deleted');
});

test('the history tells admins what a hold is about, and hosts that there is one (L3, L8)', async ({
  as,
}) => {
  const page = await as(PEOPLE.admin);
  const challenge = new ChallengePage(page);
  await challenge.open(onHold.id);
  const placed = challenge.historyEntries().filter({ hasText: /^Hold on .* placed/ });
  await expect(placed.first()).toContainText('Case 26-1184');
  await expect(placed.first()).toContainText(/by \S+/);
  await placed
    .first()
    .getByRole('link', { name: /^Hold on/ })
    .click();
  await expect(page).toHaveURL(/\/holds\/[0-9a-f-]{36}$/);

  const host = await as(onHold.hosts[0]);
  const own = new ChallengePage(host);
  await own.open(onHold.id);
  const seen = own.historyEntries().filter({ hasText: /^Hold on .* placed/ });
  await expect(seen.first()).toBeVisible();
  await expect(seen.getByRole('link')).toHaveCount(0);
  await expect(host.getByRole('main')).not.toContainText('Case 26-1184');
  await expect(own.heldBackRow('Hold')).toBeVisible();
});

test('a shorter period that was announced stands in the history of its hosts too (L4)', async ({ as }) => {
  const page = await as(shortening.hosts[0]);
  const challenge = new ChallengePage(page);
  await challenge.open(shortening.id);
  const told = challenge.historyEntries().filter({ hasText: 'Hosts told of a shorter retention period' });
  await expect(told).toContainText('It takes effect on');
});

test('the parts of the page are one key away, and a place in the history that is none is its beginning', async ({
  as,
}) => {
  const page = await as(PEOPLE.auditor);
  await visit(page, `/challenges/${onHold.id}`);
  const parts = page.getByRole('navigation', { name: 'On this page' });
  const keys = new Keyboard(page);
  for (const name of ['Held back', 'Submissions', 'History']) {
    const link = parts.getByRole('link', { name, exact: true });
    await keys.tabTo(link);
    await keys.press('Enter');
    const id = (await link.getAttribute('href')) ?? '';
    await expect(page).toHaveURL(new RegExp(`${id}$`));
    await expect(page.locator(id).getByRole('heading').first()).toBeInViewport();
    await visit(page, `/challenges/${onHold.id}`);
  }
  await visit(page, `/challenges/${onHold.id}?history=nothing&state=held`);
  await page.waitForURL(/\?state=held#history$/);
  await expect(new ChallengePage(page).historyEntries().first()).toBeVisible();
  // Opened as an address from elsewhere.
  await visit(page, '/account');
  await visit(page, `/challenges/${onHold.id}#history`);
  await expect(page.getByRole('heading', { name: 'History' })).toBeInViewport();
});
