import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { AuditLogPage } from './pages/audit-log-page';
import { EventPage, StreamPage } from './pages/audit-pages';
import { JobsPage } from './pages/jobs-page';
import { TokensPage } from './pages/tokens-page';
import { visit } from './visit';

const root = path.join(import.meta.dirname, '..');
const STREAM = 'e2e-billing';
/** Of the demo: pushed on each morning of the last weeks (db/seed/demo/replay-streams). */
const WORKERS = 'evaluation-workers';

test('an admin seals and archives the log by the jobs, and an event has a proof that holds without Lapse (B4, O5, T2)', async ({
  as,
}) => {
  const page = await as(PEOPLE.admin);
  // The first start asks for that by itself, without waiting for a night; on a busy machine it takes a minute or two.
  test.slow();
  const log = new AuditLogPage(page);
  await expect(async () => {
    await log.open({ to: daysAgo(40) });
    await expect(log.searched).toContainText(/ and (the warm archive of|\d+ archives)/, { timeout: 1_000 });
  }).toPass({ timeout: 150_000 });
  await expect(log.rows.first()).toBeVisible();

  await sealAndArchive(page);
  await expect(page.locator('[data-answer]')).toContainText(/ archived/);
  // What is younger than an hour has not settled, and nobody is told that it was checked.
  await runJob(page, 'Verify the audit log');
  await expect(page.locator('[data-answer]')).toContainText('waits for the next run');

  // The demo's history is months old, and sealed and archived by now.
  await log.open({ to: daysAgo(10), action: 'consent.give' });
  await expect(page.getByText(/^Searched the hot tier( and .*)? in .* m?s\.$/)).toBeVisible();
  await log.openFirst();
  await expect(page.getByText(/Sealed in segment \d+ by statement \d+, signed /)).toBeVisible();
  await expect(new EventPage(page).place).toHaveText(/archive of /);

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the proof' }).click();
  const proof = await (await downloading).path();
  expect(await checkProof(proof)).toContain('The proof holds.');
  expect(await readFile(proof, 'utf8')).toContain('consent.give');

  await visit(page, '/audit-log/size');
  const warm = page.getByRole('heading', { name: /^Warm/ }).locator('xpath=ancestor::*[dl or .//dl][1]');
  await expect(warm).toContainText(/[1-9]\d* ?events/);
  // Whoever reads numbers better than lines has them as a table.
  const chart = page.getByRole('figure', { name: 'Events by tier' });
  await chart.getByText('Show as a table').click();
  await expect(chart.getByRole('table')).toContainText('Warm');
});

test('search finds what has left the database for an archive, by days and by words, and proves it (B5, T2, T5, L5)', async ({
  as,
}) => {
  const admin = await as(PEOPLE.admin);
  await sealAndArchive(admin);

  // The demo is older than the 30 days of the hot tier.
  const page = await as(PEOPLE.auditor);
  const [log, event] = [new AuditLogPage(page), new EventPage(page)];
  await log.open({ to: daysAgo(40), action: 'consent.give' });
  await expect(log.searched).toContainText(/ and (the warm archive of|\d+ archives)/);
  await log.openFirst();
  await expect(event.place).toHaveText(/^the warm archive of .*; it has left the hot tier\.$/);
  const address = new URL(page.url());
  const consent = (await log.value('consentEventId').last().innerText()).trim();

  await log.open({ words: consent, action: 'consent.give' });
  await expect(log.rows).toHaveCount(1);
  await expect(log.searched).toContainText(/ and (the warm archive of|\d+ archives)/);
  await log.openFirst();
  expect(new URL(page.url()).pathname).toBe(address.pathname);
  const downloading = page.waitForEvent('download');
  await event.proof.click();
  expect(await checkProof(await (await downloading).path())).toContain('The proof holds.');

  // What is younger is in both, and says so.
  await log.open({ from: daysAgo(20), to: daysAgo(2), action: 'audit-events.push' });
  await log.openFirst();
  await expect(event.place).toHaveText(/^the hot tier, with a verified copy in the warm archive of /);
});

test('a limit takes from the database what its preview said, and search finds all of it still (M1, M2, L5, L6)', async ({
  as,
}) => {
  const admin = await as(PEOPLE.admin);
  await sealAndArchive(admin);
  const [log, stream] = [new AuditLogPage(admin), new StreamPage(admin)];
  await log.open({ stream: WORKERS });
  const all = await log.rows.count();

  await stream.open(WORKERS);
  await stream.limit('Retention period').fill('2400h');
  await stream.limit('Events').fill('30');
  await stream.look.click();
  await expect(stream.outcome).toContainText('What goes stays in its archives');
  const { goes, stays } = await stream.previewed();
  expect({ goes, stays }).toEqual({ goes: all - 30, stays: 30 });
  await admin.getByLabel('Reason').fill('The workers have a log of their own.');
  await stream.set.click();
  await expect(stream.answer).toContainText('Its limits keep at most');

  await runJob(admin, 'Keep the audit log in order');
  await expect(admin.locator('[data-answer]')).toContainText(
    new RegExp(`${goes} events .* of 1 stream went by`),
  );
  await stream.open(WORKERS);
  await expect(stream.answer).toContainText(`${stays} events`);
  await expect(stream.removed).toContainText(`Events${goes}`);

  await log.open({ stream: WORKERS });
  await expect(log.rows).toHaveCount(all);
  await log.rows.last().getByRole('link').first().click();
  await expect(new EventPage(admin).place).toHaveText(/^the warm archive of .*; it has left the hot tier\.$/);
});

test('what is filtered is what is exported, as CSV and as NDJSON (B7, L8)', async ({ as }) => {
  // Only what is sealed can be exported.
  await runJob(await as(PEOPLE.admin), 'Keep the audit log in order');
  const page = await as(PEOPLE.auditor);
  const log = new AuditLogPage(page);
  // As many days as one page looks through, some of them in archives alone.
  await log.open({ from: daysAgo(45), to: daysAgo(10), action: 'consent.give' });
  const shown = await log.rows.count();
  expect(shown).toBeGreaterThan(1);
  const ids = await log.rows
    .getByRole('link')
    .evaluateAll((links) =>
      links.flatMap((link) => /audit-log\/([0-9a-f-]{36})/.exec(link.getAttribute('href') ?? '')?.[1] ?? []),
    );
  const ndjson = (await download(page, 'Export NDJSON')).trimEnd().split('\n');
  expect(ndjson.map((line) => JSON.parse(line).id).sort()).toEqual(ids.sort());
  const csv = await download(page, 'Export CSV');
  expect(csv.split(/\r?\n/)[0]).toContain('time_started');
  for (const id of ids) expect(csv).toContain(id);
  await log.open({ action: 'audit-log.export' });
  await expect(log.rows.first()).toContainText('Otto Reyes');
});

test('a program pushes events by a token, and an admin limits and holds its stream (O2, M1, M5, L3)', async ({
  as,
  visitor,
}) => {
  const admin = await as(PEOPLE.admin);
  const tokens = new TokensPage(admin);
  await tokens.open();
  const secret = await tokens.make({ name: 'Billing', scopes: ['audit-events:write'] });
  const machine = (await visitor()).request;
  const push = (ids: string[]) =>
    machine.post(`/api/v1/audit-events?stream=${STREAM}`, {
      headers: { authorization: `Bearer ${secret}` },
      data: ids.map((id) => ({ ...PUSHED, id, time_started: new Date().toISOString() })),
    });
  expect((await push(['1', '2', '3'])).status()).toBe(200);
  // What the token may not do, it does not.
  const reading = await machine.get('/api/v1/audit-events', {
    headers: { authorization: `Bearer ${secret}` },
  });
  expect(reading.status()).toBe(403);

  const stream = new StreamPage(admin);
  await stream.open(STREAM);
  await expect(stream.answer).toContainText('It has no limits of its own');
  await stream.limit('Retention period').fill('soon');
  await stream.look.click();
  await expect(stream.limit('Retention period')).toHaveAttribute('aria-invalid', 'true');
  await expect(admin.getByText(/soon.* is not allowed/)).toBeVisible();
  await stream.limit('Retention period').fill('24h');
  await stream.limit('Events').fill('2');
  await stream.look.click();
  // Nothing goes that has no copy (L5): the events of today are in no archive yet.
  await expect(admin.getByRole('main')).toContainText('is in no verified archive yet');
  await admin.getByLabel('Reason').fill('Billing has its own books.');
  await stream.set.click();
  await expect(stream.answer).toContainText('Its limits keep at most 24h, 2 events');

  expect((await push(['4'])).status()).toBe(200);
  await stream.placeHold('Case 26-77', 'The invoices are disputed.');
  await expect(admin.getByRole('table', { name: 'Holds on the stream' })).toContainText('Case 26-77');
  await visit(admin, `/audit-log?stream=${STREAM}`);
  await expect(new AuditLogPage(admin).rows).toHaveCount(4);

  const auditor = await as(PEOPLE.auditor);
  const seen = new StreamPage(auditor);
  expect(await seen.open(STREAM)).toBe(200);
  await expect(auditor.getByRole('main')).toContainText('Case 26-77');
  const buttons = await auditor.getByRole('main').getByRole('button').allInnerTexts();
  expect(buttons.filter(Boolean)).toEqual([]);

  await stream.open(STREAM);
  await stream.releaseHold('They agreed.');
  await expect(admin.getByRole('table', { name: 'Holds on the stream' })).toContainText('They agreed.');
  await tokens.open();
  await tokens.revoke('Billing');
});

test('a host sees nothing of the log, its streams and its size, and a stream that is none is not found (L8)', async ({
  as,
}) => {
  const host = await as(PEOPLE.host);
  for (const address of ['/audit-log', '/audit-log/size', '/audit-log/streams', '/audit-log/streams/lapse']) {
    expect(await visit(host, address), address).toBe(403);
  }
  for (const address of [
    'audit-events',
    'audit-log/size',
    'audit-streams',
    'audit-events/export?format=csv',
  ]) {
    expect((await host.request.get(`/api/v1/${address}`)).status(), address).toBe(403);
  }
  const auditor = await as(PEOPLE.auditor);
  expect(await visit(auditor, '/audit-log/streams/no-such-stream')).toBe(404);
});

const PUSHED = { action: 'invoice.pay', actor: 'ada@example.org', target: 'invoice:77', result: 'success' };

/** In UTC; a day more or less makes no difference. */
const daysAgo = (days: number) =>
  new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);

/** Days that are over are archived, and what is older than the hot tier may be leaves the database. */
async function sealAndArchive(page: Page): Promise<void> {
  await runJob(page, 'Keep the audit log in order');
  // The first time each day of the demo's past becomes an archive of its own.
  test.slow();
  await runJob(page, 'Archive and prune the audit log', 120_000);
}

async function runJob(page: Page, title: string, timeout = 30_000): Promise<void> {
  const jobs = new JobsPage(page);
  await jobs.open();
  await page.getByRole('button', { name: `Run now: ${title}` }).click();
  await page.waitForURL(/\/jobs\/runs\//);
  await expect(jobs.runState).toHaveText('Succeeded', { timeout });
}

async function download(page: Page, link: string): Promise<string> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: link }).click();
  return readFile(await (await downloading).path(), 'utf8');
}

/** By the command line, which needs neither the database nor the product for it. */
async function checkProof(file: string): Promise<string> {
  const command = ['bin/lapse.mjs', 'audit', 'check-proof', file];
  return (await promisify(execFile)(process.execPath, command, { cwd: root })).stdout;
}
