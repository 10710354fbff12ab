import type { APIRequestContext } from '@playwright/test';
import { CHALLENGES, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { withFrozenDatabase } from './frozen-database';
import { visit } from './visit';

const NOWHERE = '01890000-0000-7000-8000-000000000000';

test('a database that does not answer gives a clear page and 503, and everything is back with it (B11)', async ({
  as,
  visitor,
}) => {
  const page = await as(PEOPLE.admin);
  await visit(page, '/challenges');
  const { request } = (await visitor()).context();

  await withFrozenDatabase(async () => {
    const response = await page.goto('/challenges');
    expect(response?.status()).toBe(503);
    expect(response?.headers()['retry-after']).toBe('10');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('The database cannot be reached');

    const health = await request.get('/api/health');
    expect(health.status()).toBe(503);
    expect(await health.json()).toMatchObject({ status: 'unavailable', checks: { database: { ok: false } } });
    expect((await request.get('/api/health/live')).status()).toBe(200);
    const api = await request.get(`/api/v1/runs/${NOWHERE}`);
    expect(api.status()).toBe(503);
    expect(api.headers()['content-type']).toBe('application/problem+json');
  });

  await expect.poll(async () => (await request.get('/api/health')).status()).toBe(200);
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(page.getByRole('table', { name: 'Challenges' })).toBeVisible();
});

test('a page that does not exist says so', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  expect(await visit(page, '/no/such/page')).toBe(404);
  await expect(page.getByRole('heading', { name: 'Not found', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'Go to the overview' }).click();
  await expect(page).toHaveURL('/');

  const api = await page.context().request.get('/api/no-such-thing');
  expect(api.status()).toBe(404);
  expect(api.headers()['content-type']).toBe('application/problem+json');
});

const NO_SUCH_THING = [
  '/challenges/0',
  '/challenges/999999',
  '/challenges/abc',
  '/challenges/1e3',
  '/challenges/-1',
  '/challenges/99999999999999999999',
  `/challenges/${CHALLENGES.undecided.id}/submissions/abc`,
  `/challenges/${CHALLENGES.undecided.id}/submissions/99999999`,
  `/challenges/${CHALLENGES.undecided.id}/submissions/999999999999999`,
  '/public-data/transcripts/not-there',
  '/consent-history/not-an-id',
  `/consent-history/${NOWHERE}`,
  '/audit-log/not-an-id',
  `/audit-log/${NOWHERE}`,
  `/audit-log/${NOWHERE}?at=yesterday`,
  `/audit-log/${NOWHERE}?at=2026-11-01T00%3A00%3A00Z`,
  '/jobs/runs/not-an-id',
  `/jobs/runs/${NOWHERE}`,
  '/cleanup/plans/not-an-id',
  `/cleanup/plans/${NOWHERE}`,
  '/cleanup/runs/not-an-id',
  `/cleanup/runs/${NOWHERE}`,
  '/notices/not-an-id',
  `/notices/${NOWHERE}`,
  '/cleanup/receipts/not-an-id',
  `/cleanup/receipts/${NOWHERE}`,
];

test('an id that nothing has gives the page for that, never a fault', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  for (const path of NO_SUCH_THING) {
    const status = await visit(page, path);
    expect.soft(status, path).toBe(404);
    await expect.soft(page.getByRole('heading', { name: 'Not found', level: 1 }), path).toBeVisible();
  }
});

const LISTS = [
  '/challenges',
  `/challenges/${CHALLENGES.undecided.id}`,
  '/cleanup/plans',
  '/cleanup/runs',
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
  '/people',
  '/settings',
];

const NONSENSE = [
  'after=nonsense',
  'after=%00',
  'after=99999999999999999999',
  'after=eyJ2IjpbbnVsbF19',
  'state=nonsense&sort=nonsense&action=nonsense&result=nonsense&job=nonsense&phase=x&person=x',
  'challenge=99999999999999999999&phase=99999999999999999999&person=99999999999999999999',
  'search=%00%27%3B--&actor=%00&target=%00',
  'from=2026-13-45&to=0000-00-00',
  'from=9999-12-31&to=-1',
  `search=${'x'.repeat(5000)}&actor=${'x'.repeat(5000)}`,
  'after=a&after=b&state=a&state=b',
];

test('nonsense in an address gives a list or the page for what is not there, never a fault', async ({
  as,
}) => {
  const { request } = (await as(PEOPLE.admin)).context();
  const things = await Promise.all(['runs', 'plans'].map((kind) => firstOf(request, `/cleanup/${kind}`)));
  for (const list of [...LISTS, ...things]) {
    for (const query of NONSENSE) {
      const response = await request.get(`${list}?${query}`);
      const address = `${list}?${query.slice(0, 80)}`;
      expect.soft([200, 404], address).toContain(response.status());
      // A fault during streaming cannot change the status any more, and is told in the page.
      expect.soft(/digest\\*":\\*"\d|data-dgst="\d/.test(await response.text()), address).toBe(false);
    }
  }
});

/** The address of the first thing in a list. */
async function firstOf(request: APIRequestContext, list: string): Promise<string> {
  const html = await (await request.get(list)).text();
  const address = new RegExp(`${list}/[0-9a-f-]{36}`).exec(html)?.[0];
  if (!address) throw new Error(`${list} is empty`);
  return address;
}
