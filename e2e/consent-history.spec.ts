import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { readCsv } from '@/lib/platform/export/testing/read-csv';
import { CHALLENGES, PEOPLE, personOf } from './demo';
import { expect, test } from './fixtures';
import { AuditLogPage } from './pages/audit-log-page';
import { settled, visit } from './visit';

const EXPORT = '/api/v1/consent-history/export';

const decisions = (page: Page) =>
  page.getByRole('table', { name: 'Decisions, newest first' }).locator('tbody').getByRole('row');

/** The ids of the records on the screen. */
const idsShown = (page: Page) =>
  decisions(page)
    .getByRole('link', { name: /Open record/ })
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')?.split('/').at(-1)));

async function save(page: Page, name: string): Promise<{ fileName: string; text: string }> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name, exact: true }).click(),
  ]);
  return { fileName: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

const documentsIn = (text: string): Record<string, string>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('an auditor filters the history and takes the same rows away, in both formats (B7, L8)', async ({
  as,
}) => {
  const page = await as(PEOPLE.auditor);
  await visit(page, '/consent-history');
  await page.getByLabel('Decision', { exact: true }).selectOption('Withdrawn');
  await page.waitForURL(/\?action=withdrawn$/);
  await page.getByLabel('Came by', { exact: true }).selectOption('Browser');
  await page.waitForURL(/\?action=withdrawn&channel=browser$/);
  await settled(page);
  const shown = await idsShown(page);
  expect(shown.length).toBeGreaterThan(0);
  for (const row of await decisions(page).all()) {
    await expect(row).toContainText('Withdrawn');
    await expect(row).toContainText('Browser');
  }
  await expect(page.getByText(`An export has ${shown.length} decision`)).toBeVisible();

  const table = await save(page, 'Export CSV');
  expect(table.fileName).toMatch(/^consent-history-\d{8}T\d{6}Z\.csv$/);
  expect(table.text.charCodeAt(0)).toBe(0xfeff);
  const [head = [], ...rows] = readCsv(table.text.slice(1));
  const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
  // The screen has the newest first, a file the oldest.
  expect(column('id')).toEqual(shown.toReversed());
  expect(new Set(column('action'))).toEqual(new Set(['withdrawn']));
  expect(column('person_email').every((email) => email?.includes('@'))).toBe(true);

  const lines = await save(page, 'Export NDJSON');
  expect(lines.fileName).toMatch(/\.ndjson$/);
  const documents = documentsIn(lines.text);
  expect(documents.map(({ id }) => id)).toEqual(column('id'));
  for (const { at, shown_text, shown_text_sha256 } of documents) {
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(shown_text).not.toBe('');
    expect(shown_text_sha256).toMatch(/^[0-9a-f]{64}$/);
  }

  const log = new AuditLogPage(page);
  await log.open({ actor: PEOPLE.auditor, action: 'consent-history.export' });
  await log.openFirst();
  await expect(log.value('format')).toContainText(['ndjson']);
  await expect(log.value('outcome')).toContainText(['complete']);
  await expect(log.value('rows')).toContainText([String(shown.length)]);
});

test('days are the days of the reader, on the screen and in the file (L10)', async ({ as }) => {
  const page = await as(PEOPLE.auditor);
  const all = documentsIn(await (await page.request.get(`${EXPORT}?format=ndjson`)).text());
  const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone: personOf(PEOPLE.auditor).timeZone });
  const days = all.map(({ at }) => dayOf.format(new Date(at ?? '')));
  const day = days[0] ?? '';
  const wanted = all.filter((_, index) => days[index] === day).map(({ id }) => id);
  await visit(page, `/consent-history?from=${day}&to=${day}`);
  await expect(page.getByLabel('From')).toHaveValue(day);
  expect((await idsShown(page)).toReversed()).toEqual(wanted);
  expect(documentsIn((await save(page, 'Export NDJSON')).text).map(({ id }) => id)).toEqual(wanted);
});

test('a filter that cannot be read is named, and is never only left out (L10)', async ({ as }) => {
  const page = await as(PEOPLE.auditor);
  await visit(page, '/consent-history?from=2026-02-31&action=revoked');
  const alert = page.getByRole('main').getByRole('alert');
  await expect(alert).toContainText('From: "2026-02-31" is no day: use one such as 2026-11-21');
  await expect(alert).toContainText('Decision: "revoked" is not allowed: use given, withdrawn.');
  await expect(decisions(page)).toHaveCount(0);
  await expect(page.getByRole('link', { name: /^Export/ })).toHaveCount(0);
  await alert.getByRole('link', { name: 'Show all decisions' }).click();
  await page.waitForURL(/\/consent-history$/);
  expect(await decisions(page).count()).toBeGreaterThan(0);

  const refused = await page.request.get(`${EXPORT}?format=csv&from=2026-02-31`);
  expect(refused.status()).toBe(400);
  expect(refused.headers()['content-type']).toBe('application/problem+json');
  expect((await refused.json()).detail).toContain('from: "2026-02-31" is no day');
  expect((await page.request.head(`${EXPORT}?format=csv`)).status()).toBe(405);
});

test('a host takes away her own challenges as her screen shows them; nobody else gets a file', async ({
  as,
  visitor,
}) => {
  const host = await as(PEOPLE.otherHost);
  await visit(host, '/consent-history');
  const documents = documentsIn((await save(host, 'Export NDJSON')).text);
  expect(
    documents
      .map(({ id }) => id)
      .toReversed()
      .slice(0, 25),
  ).toEqual(await idsShown(host));
  expect(documents.every((document) => !('person_email' in document))).toBe(true);

  const foreign = await host.request.get(`${EXPORT}?format=csv&challenge=${CHALLENGES.onHold.id}`);
  expect(foreign.status()).toBe(403);
  expect(foreign.headers()['content-type']).toBe('application/problem+json');
  expect((await (await visitor()).request.get(`${EXPORT}?format=csv`)).status()).toBe(401);
});
