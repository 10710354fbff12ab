import { PEOPLE, passwordOf } from './demo';
import { expect, test } from './fixtures';
import { PeoplePage } from './pages/people-page';
import { SignInPage } from './pages/sign-in-page';
import { visit } from './visit';

const PAGES = [
  '/',
  '/challenges',
  '/challenges/1',
  '/challenges/1/submissions/1',
  '/cleanup',
  '/cleanup/plans',
  '/cleanup/runs',
  '/consent-history',
  '/holds',
  '/holds/01890000-0000-7000-8000-000000000000',
  '/overrides',
  '/notices',
  '/notices/summaries',
  '/reconciliation',
  '/jobs',
  '/audit-log',
  '/people',
  '/settings',
  '/tokens',
  '/account',
];

test('every page carries a policy with a nonce of its own, and the other headers', async ({ as }) => {
  const page = await as(PEOPLE.admin);
  const nonces = new Set<string>();
  for (const path of [...PAGES, '/no-such-page']) {
    const response = await page.goto(path);
    const headers = response?.headers() ?? {};
    const policy = headers['content-security-policy'] ?? '';
    const nonce = /'nonce-([A-Za-z0-9+/=]{22,})'/.exec(policy)?.[1] ?? '';
    nonces.add(nonce);
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/);
    expect(policy, path).toContain("object-src 'none'");
    expect(policy, path).not.toContain('unsafe-eval');
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['x-powered-by'], path).toBeUndefined();
    expect(headers['cache-control'], path).toMatch(/no-store|private/);
    // What a script that may run adds is trusted with it (strict-dynamic); what the server sent needs the nonce.
    const sent = (await response?.text())?.match(/<script\b[^>]*>/g) ?? [];
    expect(
      sent.filter((tag) => !tag.includes(`nonce="${nonce}"`)),
      path,
    ).toEqual([]);
  }
  expect(nonces.size).toBe(PAGES.length + 1);
});

test('the session is a cookie that scripts cannot read, and ends everywhere with signing out', async ({
  visitor,
}) => {
  const page = await visitor();
  const signIn = new SignInPage(page);
  await signIn.open();
  await signIn.signIn(PEOPLE.leaving, passwordOf(PEOPLE.leaving));
  await expect(page).toHaveURL('/');
  const cookies = await page.context().cookies();
  expect(cookies.map(({ name }) => name)).toContain('next-auth.session-token');
  for (const { name, httpOnly, sameSite } of cookies) {
    expect({ name, httpOnly, sameSite }).toEqual({ name, httpOnly: true, sameSite: 'Lax' });
  }
  expect(await page.evaluate(() => document.cookie)).toBe('');
  const elsewhere = await visitor({ storageState: await page.context().storageState() });
  expect(await visit(elsewhere, '/challenges')).toBe(200);

  await page.locator('html[data-hydrated=true]').waitFor();
  await page.getByRole('button', { name: /account menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
  await expect(page).toHaveURL('/sign-in?signed-out=1');
  await expect(page.getByRole('status').filter({ hasText: 'You are signed out everywhere.' })).toBeVisible();
  expect(await page.context().cookies()).toEqual([]);
  await page.goto('/challenges');
  await expect(page).toHaveURL(/\/sign-in/);
  await elsewhere.goto('/challenges');
  await expect(elsewhere).toHaveURL('/sign-in?error=session-ended');
});

test('signing in leads to no other site, whatever the link says', async ({ visitor, as }) => {
  const page = await visitor();
  const signIn = new SignInPage(page);
  await signIn.open('https://evil.example/');
  await signIn.signIn(PEOPLE.host, passwordOf(PEOPLE.host));
  await expect(page).toHaveURL('/');

  const { request } = (await as(PEOPLE.host)).context();
  for (const wanted of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '/api/auth/signout',
  ]) {
    const response = await request.get(`/sign-in?callbackUrl=${encodeURIComponent(wanted)}`, {
      maxRedirects: 0,
    });
    expect(response.status(), wanted).toBe(307);
    expect(response.headers().location, wanted).toBe('/');
  }
});

test('after five failures a name has to wait, even with the right password', async ({ visitor }) => {
  const page = await visitor();
  const signIn = new SignInPage(page);
  await signIn.open();
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    await signIn.signIn(PEOPLE.besieged, `guess number ${attempt}`);
    await expect(signIn.refusal).toHaveText('The user name or the password is not right.');
    await expect(signIn.password).toBeFocused();
  }
  await signIn.signIn(PEOPLE.besieged, passwordOf(PEOPLE.besieged));
  await expect(signIn.refusal).toHaveText(/^Too many failed attempts. Try again in 1[45] minutes\.$/);
  await expect(page).toHaveURL('/sign-in');
});

test('without a session a page leads to the sign-in and back, and an API says 401 (B9)', async ({
  visitor,
}) => {
  const page = await visitor();
  const { request } = page.context();
  for (const path of PAGES) {
    const response = await request.get(path, { maxRedirects: 0 });
    expect(response.status(), path).toBe(307);
    const query = path === '/' ? '' : `?callbackUrl=${encodeURIComponent(path)}`;
    expect(response.headers().location, path).toBe(`/sign-in${query}`);
  }
  for (const path of [
    '/api/v1/runs/01890000-0000-7000-8000-000000000000',
    '/api/v1/unknown',
    '/api/unknown',
  ]) {
    const response = await request.get(path, { maxRedirects: 0 });
    expect(response.status(), path).toBe(401);
    expect(response.headers()['content-type'], path).toBe('application/problem+json');
    expect(await response.json(), path).toMatchObject({ status: 401, title: 'Unauthorized' });
  }
  // Jobs are run by whoever can sign the request, and by nobody else.
  const unsigned = await request.post('/api/inngest?fnId=lapse-maintain-audit-log&stepId=step', { data: {} });
  expect(unsigned.status()).toBeGreaterThanOrEqual(400);

  await page.goto('/consent-history?action=given');
  await expect(page).toHaveURL(`/sign-in?callbackUrl=${encodeURIComponent('/consent-history?action=given')}`);
  await page.locator('html[data-hydrated=true]').waitFor();
  await new SignInPage(page).signIn(PEOPLE.host, passwordOf(PEOPLE.host));
  await expect(page).toHaveURL('/consent-history?action=given');
});

test('who is disabled is out at the next request, and has to sign in again when enabled (L8)', async ({
  as,
  visitor,
}) => {
  const person = await visitor();
  const signIn = new SignInPage(person);
  await signIn.open();
  await signIn.signIn(PEOPLE.dismissed, passwordOf(PEOPLE.dismissed));
  await expect(person).not.toHaveURL(/\/sign-in/);
  expect(await visit(person, '/challenges')).toBe(200);
  const admin = await as(PEOPLE.admin);
  const people = new PeoplePage(admin);
  await people.open();
  await people.setAccount(PEOPLE.dismissed, 'disabled', 'She has left.');
  await expect(people.row(PEOPLE.dismissed)).toContainText('Disabled');

  await person.goto('/challenges');
  await expect(person).toHaveURL('/sign-in?error=session-ended');
  await expect(person.getByRole('alert').filter({ hasText: 'Your session has ended' })).toBeVisible();
  const response = await person.context().request.get('/api/v1/runs/01890000-0000-7000-8000-000000000000');
  expect(response.status()).toBe(401);

  await people.setAccount(PEOPLE.dismissed, 'active', 'She is back.');
  await expect(people.row(PEOPLE.dismissed)).not.toContainText('Disabled');
  await person.goto('/challenges');
  await expect(person).toHaveURL('/sign-in?error=session-ended');
  await person.locator('html[data-hydrated=true]').waitFor();
  await signIn.signIn(PEOPLE.dismissed, passwordOf(PEOPLE.dismissed));
  await expect(person).not.toHaveURL(/\/sign-in/);
  expect(await visit(person, '/challenges')).toBe(200);
});

test('an account that is disabled says so to who knows its password', async ({ visitor }) => {
  const page = await visitor();
  const signIn = new SignInPage(page);
  await signIn.open();
  await signIn.signIn(PEOPLE.disabled, passwordOf(PEOPLE.disabled));
  await expect(signIn.refusal).toHaveText('This account is disabled. An admin can enable it again.');
});
