import { rmSync, writeFileSync } from 'node:fs';
import { CHALLENGES, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { ChallengePage } from './pages/challenge-page';
import { JobsPage } from './pages/jobs-page';
import { objectPath } from './product';
import { settled, visit } from './visit';

const { deleted, onHold } = CHALLENGES;

test('why a submission stays, now and at a date, and what would change it (B1, L3)', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  const challenge = new ChallengePage(page);
  await challenge.open(onHold.id);
  const [id] = await challenge.submissionIds();
  const address = `/challenges/${onHold.id}/submissions/${id}`;
  await visit(page, address);
  const why = page.getByRole('region', { name: 'Why?' });
  const answer = why.locator('[data-why-answer]');
  await expect(answer).toHaveText('It stays: a hold is in place.');
  await expect(why.getByRole('table', { name: 'Holds that keep it' })).toContainText('Case 26-1184');
  const rules = why.getByRole('table', { name: 'Rules that keep' });
  await expect(rules.getByRole('row', { name: /^Hold Won A hold is in place/ })).toBeVisible();
  await expect(
    rules.getByRole('row', { name: /^No consent Does not apply A host has consented/ }),
  ).toBeVisible();
  await expect(why.getByRole('listitem').first()).toHaveText(
    /^If the hold “Case 26-1184” is released: earliest .* \d{4}, after a notice\.$/,
  );

  await why.getByLabel('On the day').fill('2035-01-31');
  await page.waitForURL(/\?at=2035-01-31$/);
  await settled(page);
  await expect(answer).toHaveText('On 31 January 2035 it will still be kept: a hold is in place.');
  await why.getByRole('link', { name: 'Back to now' }).click();
  await expect(answer).toHaveText('It stays: a hold is in place.');
  await visit(page, `${address}?at=1000-01-01`);
  await expect(why.getByRole('alert')).toContainText('"1000-01-01" is not allowed: use a day such as');

  const host = await as(onHold.hosts[0]);
  await visit(host, address);
  await expect(host.getByRole('region', { name: 'Why?' })).toContainText('Known to the administrators');
  await expect(host.getByRole('main')).not.toContainText('Case 26-1184');
});

test('how a submission went, and why that was allowed (B1, B3, E10)', async ({ as }) => {
  const page = await as(PEOPLE.auditor);
  const challenge = new ChallengePage(page);
  await challenge.open(deleted.id);
  const [id] = await challenge.submissionIds();
  await visit(page, `/challenges/${deleted.id}/submissions/${id}`);
  const why = page.getByRole('region', { name: 'Why?' });
  await expect(why).toContainText(/Deleted on .* under policy .* by run [0-9a-f-]{36}, with \d+ receipts?\./);
  await expect(why).toContainText(
    /That was allowed because .* had consented on .*, the hosts had been told on/,
  );
  await why.getByRole('link', { name: 'The run with its receipts' }).click();
  await expect(page).toHaveURL(/\/cleanup\/runs\//);
});

test('an admin compares rows with objects; the page names what disagrees, and nothing is deleted (B6)', async ({
  as,
}) => {
  const page = await as(PEOPLE.admin);
  const stray = objectPath('media/stray object.txt');
  writeFileSync(stray, 'nobody knows me');
  try {
    await visit(page, '/reconciliation');
    await page.getByRole('button', { name: 'Compare now' }).click();
    await page.waitForURL(/\/jobs\/runs\//);
    await expect(new JobsPage(page).runState).toHaveText('Succeeded', { timeout: 30_000 });
    await visit(page, '/reconciliation');
    await expect(page.locator('[data-answer]')).toContainText('1 object has no row');
    await expect(page.locator('[data-answer]')).toContainText('Nothing was deleted.');
    await visit(page, '/reconciliation?kind=unknown-object');
    const findings = page.getByRole('table', { name: 'Findings' }).locator('tbody').getByRole('row');
    await expect(findings).toHaveCount(1);
    await expect(findings.first()).toContainText('media/stray object.txt');
    await expect(findings.first()).toContainText('15 B');
  } finally {
    rmSync(stray);
  }
});

test('why the logs of workers are kept (B1, E13)', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  await visit(page, `/challenges/${onHold.id}`);
  await page
    .getByRole('link', { name: /^Why the logs of .* stay/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/logs\/[a-z]+#why$/);
  const why = page.getByRole('region', { name: 'Why?' });
  await expect(why.locator('[data-why-answer]')).toHaveText(
    'A hold is in place on the challenge or on something in it, so its logs are kept.',
  );
  await expect(why.getByRole('listitem').first()).toHaveText(/^If every hold on it is released: /);
});
