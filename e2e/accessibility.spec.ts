import type { Page } from '@playwright/test';
import { checkEverywhere, checkOpen } from './accessible';
import { CHALLENGES, type DemoUsername, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { AuditRetentionPage, StreamPage } from './pages/audit-pages';
import { settled, visit } from './visit';

const { deleted, held, undecided, onHold } = CHALLENGES;

const FOR_EVERYBODY = [
  '/',
  '/challenges',
  `/challenges/${undecided.id}`,
  '/consent-history',
  '/notices',
  '/account',
  '/no/such/page',
  '/challenges/999999',
];
const FOR_STAFF = [
  `/challenges/${held.id}`,
  '/cleanup',
  '/cleanup/plans',
  '/cleanup/runs',
  '/public-data',
  '/public-data/transcripts',
  '/holds?state=all',
  '/notices/summaries',
  '/overrides',
  '/reconciliation',
  '/jobs',
  '/audit-log',
  '/audit-log/size',
  '/audit-log/streams',
  '/audit-log/streams/lapse',
  '/audit-log/streams/evaluation-workers',
  '/settings',
  '/settings/audit-retention',
  '/tokens',
];

/** Pages of single things, found by the first link of their lists. */
const DETAILS: Record<string, { list: string; link: RegExp }> = {
  submission: { list: `/challenges/${deleted.id}`, link: /\/submissions\/\d+$/ },
  notice: { list: '/notices', link: /\/notices\/[0-9a-f-]{36}$/ },
  record: { list: '/consent-history', link: /\/consent-history\/[0-9a-f-]{36}$/ },
};
const STAFF_DETAILS: typeof DETAILS = {
  plan: { list: '/cleanup/plans', link: /\/cleanup\/plans\/[0-9a-f-]{36}$/ },
  cleanup: { list: '/cleanup/runs', link: /\/cleanup\/runs\/[0-9a-f-]{36}$/ },
  shared: {
    list: '/public-data/transcripts?sharing=yes&whose=owned',
    link: /\/public-data\/transcripts\/[0-9a-f-]{36}$/,
  },
  run: { list: '/jobs', link: /\/jobs\/runs\/[0-9a-f-]{36}$/ },
  hold: { list: '/holds?state=all', link: /\/holds\/[0-9a-f-]{36}$/ },
  kept: { list: `/challenges/${onHold.id}`, link: /\/submissions\/\d+$/ },
  logs: { list: `/challenges/${onHold.id}`, link: /\/logs\/[\w-]+#why$/ },
  event: { list: '/audit-log?stream=lapse', link: /\/audit-log\/[0-9a-f-]{36}\?/ },
  pushed: { list: '/audit-log?stream=evaluation-workers', link: /\/audit-log\/[0-9a-f-]{36}\?/ },
};

/** Drawn like others for the auditor, but for what only an admin may do. */
const ADMIN_DETAILS: typeof DETAILS = {
  publicPlan: { list: '/public-data/plans', link: /\/cleanup\/plans\/[0-9a-f-]{36}$/ },
};

const ROLES: { role: string; username: DemoUsername; pages: string[]; details: typeof DETAILS }[] = [
  { role: 'host', username: PEOPLE.host, pages: [...FOR_EVERYBODY, '/jobs'], details: DETAILS },
  {
    role: 'auditor',
    username: PEOPLE.auditor,
    pages: [...FOR_EVERYBODY, ...FOR_STAFF, '/people'],
    details: { ...DETAILS, ...STAFF_DETAILS },
  },
  {
    role: 'admin',
    username: PEOPLE.admin,
    pages: [...FOR_EVERYBODY, ...FOR_STAFF, '/people'],
    details: { ...DETAILS, ...STAFF_DETAILS, ...ADMIN_DETAILS },
  },
];

for (const { role, username, pages, details } of ROLES) {
  test(`every page for the ${role} is accessible in light and dark and on a phone (B12)`, async ({ as }) => {
    test.setTimeout(240_000);
    const page = await as(username);
    await followNoLinks(page);
    const found = [];
    for (const { list, link } of Object.values(details)) found.push(await firstLink(page, list, link));
    const run = found.find((path) => path.startsWith('/cleanup/runs/'));
    if (run) found.push(await firstLink(page, run, /\/cleanup\/receipts\/[0-9a-f-]{36}$/));
    for (const path of [...pages, ...found]) {
      await visit(page, path);
      await checkEverywhere(page, `${path} as ${role}`);
    }
  });
}

test('the sign-in is accessible, also after a refusal (B12)', async ({ visitor }) => {
  const page = await visitor();
  await page.goto('/sign-in');
  await settled(page);
  await checkEverywhere(page, '/sign-in');
  await page.getByLabel('User name', { exact: true }).fill('nobody');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('main').getByRole('alert').waitFor();
  await checkEverywhere(page, '/sign-in after a refusal');
});

test('what opens over a page is accessible too (B12, E23)', async ({ as }) => {
  test.setTimeout(120_000);
  const host = await as(PEOPLE.host);
  await visit(host, `/challenges/${undecided.id}`);
  await checkOpen(host, host.getByRole('switch'), 'dialog');
  await checkOpen(host, host.getByRole('button', { name: /account menu/ }).last(), 'menu');

  const admin = await as(PEOPLE.admin);
  await visit(admin, `/challenges/${held.id}`);
  await checkOpen(admin, admin.getByRole('button', { name: 'Place a hold' }), 'dialog');
  await checkOpen(admin, admin.getByRole('button', { name: /^Release the hold/ }).first(), 'dialog');
  await visit(admin, '/holds');
  await checkOpen(admin, admin.getByRole('button', { name: 'Place a hold' }), 'dialog');
  await visit(admin, '/public-data');
  await checkOpen(admin, admin.getByRole('button', { name: 'Hold everything' }), 'dialog');
  await visit(admin, '/people');
  await checkOpen(admin, admin.getByRole('button', { name: 'Add a person' }), 'dialog');
  await checkOpen(admin, admin.getByRole('button', { name: /^Change / }).nth(1), 'dialog');
  await visit(admin, '/settings');
  await checkOpen(admin, admin.getByRole('button', { name: /^Change / }).first(), 'dialog');
  await visit(admin, '/jobs');
  await checkOpen(
    admin,
    admin.getByRole('button', { name: 'Run now: Send notices and consent summary' }),
    'dialog',
  );

  await admin.setViewportSize({ width: 390, height: 844 });
  await visit(admin, '/');
  await checkOpen(admin, admin.getByRole('button', { name: 'Open the menu' }), 'dialog');
});

test('what is shown before something of the audit log is shortened is accessible (B12, L4, M1)', async ({
  as,
}) => {
  test.setTimeout(120_000);
  const admin = await as(PEOPLE.admin);
  const retention = new AuditRetentionPage(admin);
  await retention.open();
  await admin.getByLabel('Archive events').uncheck();
  await retention.look.click();
  await retention.reason.waitFor();
  await checkEverywhere(admin, 'what a change of the retention would do');

  const stream = new StreamPage(admin);
  await stream.open('evaluation-workers');
  await stream.limit('Events').fill('30');
  await stream.look.click();
  await stream.outcome.waitFor();
  await checkEverywhere(admin, 'what limits would remove');

  await visit(admin, '/jobs');
  await admin.getByRole('button', { name: 'Run now: Keep the audit log in order' }).click();
  await admin.getByText(/^All \d+ figures$/).click({ timeout: 30_000 });
  await checkEverywhere(admin, 'the figures of a run');
});

/** Each page asks for what some 25 links lead to, in case that somebody follows one, and here nobody does. */
async function followNoLinks(page: Page): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Network.enable');
  await browser.send('Network.setBlockedURLs', { urls: ['*_rsc=*'] });
}

async function firstLink(page: Page, list: string, link: RegExp): Promise<string> {
  await visit(page, list);
  const addresses = await page
    .getByRole('main')
    .getByRole('link')
    .evaluateAll((links) => links.map((element) => element.getAttribute('href') ?? ''));
  const address = addresses.find((candidate) => link.test(candidate));
  expect(address, `${list} has a link such as ${link}`).toBeDefined();
  return address ?? '';
}
