import type { APIRequestContext, APIResponse } from '@playwright/test';
import { CHALLENGES, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { TokensPage } from './pages/tokens-page';
import { visit } from './visit';

const { byApi } = CHALLENGES;
const HOST = byApi.hosts[0];

const address = (endpoint: string, slash = true, pk: number | string = byApi.id) =>
  `/api/challenges/${pk}/${endpoint}${slash ? '/' : ''}`;

const BASICS = {
  challenge_id: byApi.id,
  challenge_title: byApi.title,
  has_consent: expect.any(Boolean),
  is_host: expect.any(Boolean),
  can_provide_consent: expect.any(Boolean),
};
const DETAILS = ['consent_by', 'consent_date', 'custom_policies', 'retention_notes'];

async function bodyOf(response: APIResponse, status: number): Promise<Record<string, unknown>> {
  expect(response.status(), `${response.url()}: ${await response.text()}`).toBe(status);
  expect(response.headers()['cache-control']).toBe('no-store');
  return response.json();
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

test('the platform’s own addresses answer sessions, with and without a slash (E18, E19, E20, E21)', async ({
  as,
}) => {
  const host = (await as(HOST)).request;
  const update = async (data: unknown, slash: boolean) =>
    bodyOf(await host.post(address('update-retention-consent', slash), { data }), 200);
  await update({ consent: false, notes: 'to begin with none' }, true);

  expect(await bodyOf(await host.get(address('retention-consent-status')), 200)).toEqual({
    ...BASICS,
    has_consent: false,
    is_host: true,
    can_provide_consent: true,
    consent_date: null,
    consent_by: null,
    retention_notes: 'to begin with none',
    custom_policies: { log_retention_days_override: null, artifact_retention_days_override: null },
  });

  const given = await bodyOf(
    await host.post(address('retention-consent', false), { data: { notes: 'by the platform' } }),
    201,
  );
  expect(given).toEqual({
    message: `Retention policy consent recorded for challenge ${byApi.title}.`,
    consent_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    consent_by: HOST,
    challenge_id: byApi.id,
    challenge_title: byApi.title,
  });
  // Once more, without any body: the first date and person stay.
  expect(await bodyOf(await host.post(address('retention-consent')), 200)).toEqual({
    ...given,
    message: 'Retention policy consent already provided',
  });
  expect(await update({ consent: true }, false)).toEqual({
    message: 'Retention policy consent already provided',
    consent_date: given.consent_date,
    consent_by: HOST,
  });

  for (const slash of [true, false]) {
    expect(await bodyOf(await host.get(address('retention-info', slash)), 200)).toEqual({
      challenge_id: byApi.id,
      challenge_title: byApi.title,
      retention_policy: {
        has_consent: true,
        consent_date: given.consent_date,
        consent_by: HOST,
        notes: 'by the platform',
      },
      user_permissions: { is_host: true, can_provide_consent: false, can_manage_retention: true },
      current_policies: { log_retention_days_override: null, artifact_retention_days_override: null },
      calculated_retention: {
        default_retention_days: 30,
        latest_phase_end_date: expect.stringMatching(/Z$/),
      },
      policy_descriptions: {
        log_retention: expect.any(String),
        artifact_retention: expect.any(String),
      },
    });
  }

  expect(await update({ consent: false }, false)).toEqual({
    message: 'Retention policy consent removed',
    consent_date: null,
    consent_by: null,
  });
  expect(await update({ consent: true, notes: 'again' }, true)).toMatchObject({
    message: 'Retention policy consent recorded successfully',
    consent_by: HOST,
  });
  const page = await as(PEOPLE.auditor);
  await visit(page, `/consent-history?challenge=${byApi.id}`);
  await expect(page.getByRole('table').locator('tbody').getByRole('row').first()).toContainText('API');
});

test('what is asked wrongly changes nothing and says what is allowed (E18, E20, L10)', async ({ as }) => {
  const host = (await as(HOST)).request;
  const before = await (await host.get(address('retention-consent-status'))).json();
  const wrong: [unknown, number, RegExp][] = [
    [{ consent: 'false' }, 400, /"false\\?" is no consent status: use true or false/],
    [{ consent: 0 }, 400, /0 is no consent status/],
    [{ consent: '' }, 400, /use true or false/],
    [{ consent: null }, 400, /null is no consent status/],
    [{}, 400, /Consent status is required/],
    [[], 400, /./],
    [{ consent: false, extra: 1 }, 400, /extra/],
    [{ consent: false, notes: 7 }, 400, /use a text/],
    [{ consent: false, notes: 'x'.repeat(2001) }, 400, /2,001 characters are too many/],
    [{ consent: false, notes: 'x'.repeat(70_000) }, 413, /larger than 64 KiB/],
  ];
  for (const [data, status, message] of wrong) {
    const body = await bodyOf(await host.post(address('update-retention-consent'), { data }), status);
    expect(Object.keys(body)).toEqual(['error']);
    expect(body.error).toMatch(message);
  }
  const raw = (data: string, type: string) =>
    host.post(address('update-retention-consent'), { data, headers: { 'content-type': type } });
  expect((await raw('{"consent": false', 'application/json')).status()).toBe(400);
  expect((await raw('consent=false', 'application/x-www-form-urlencoded')).status()).toBe(415);
  expect((await raw('{"consent": false}', 'text/plain')).status()).toBe(415);
  // Another site cannot use the session of this one, and its try is in the audit log (L8).
  for (const headers of [{ origin: 'https://elsewhere.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    const data = { consent: false };
    const answer = await host.post(address('update-retention-consent'), { data, headers });
    expect((await bodyOf(answer, 403)).detail).toBe('A page of another site cannot act with this session.');
  }
  const log = await as(PEOPLE.auditor);
  await visit(log, '/audit-log?action=access.refuse');
  await expect(log.getByRole('table').locator('tbody').getByRole('row').first()).toContainText(
    'update-retention-consent',
  );
  for (const pk of ['999999', '0', '99999999999', 'x', '-1', '1.5', '%00']) {
    for (const endpoint of ['retention-consent-status', 'retention-info']) {
      expect(await bodyOf(await host.get(address(endpoint, true, pk)), 404)).toEqual({
        error: 'Challenge does not exist',
      });
    }
    expect((await host.post(address('retention-consent', false, pk))).status()).toBe(404);
  }
  expect((await host.get(address('retention-consent'))).status()).toBe(405);
  expect((await host.delete(address('retention-consent-status'))).status()).toBe(405);
  expect(await (await host.get(address('retention-consent-status'))).json()).toEqual(before);
});

test('who is no host decides nothing, and sees what his role shows (E3, E18, E19)', async ({
  as,
  visitor,
}) => {
  const anonymous = (await visitor()).request;
  for (const endpoint of ['retention-consent-status', 'retention-info']) {
    const refused = await anonymous.get(address(endpoint));
    expect(refused.status()).toBe(401);
    expect(refused.headers()['www-authenticate']).toBe('Bearer');
    expect(await refused.json()).toEqual({ error: 'Sign in first, or send a token.' });
  }
  expect((await anonymous.post(address('retention-consent'))).status()).toBe(401);

  const CALLERS = [
    { who: PEOPLE.host, seesAll: false },
    { who: PEOPLE.reader, seesAll: false },
    { who: PEOPLE.admin, seesAll: true },
    { who: PEOPLE.auditor, seesAll: true },
  ] as const;
  for (const { who, seesAll } of CALLERS) {
    const caller = (await as(who)).request;
    const status = await bodyOf(await caller.get(address('retention-consent-status')), 200);
    expect(status, who).toMatchObject({ ...BASICS, is_host: false, can_provide_consent: false });
    expect(
      Object.keys(status)
        .filter((key) => !(key in BASICS))
        .sort(),
      who,
    ).toEqual(seesAll ? DETAILS : []);
    const info = await bodyOf(await caller.get(address('retention-info')), 200);
    expect((info.retention_policy as { consent_by: unknown }).consent_by, who).toBe(seesAll ? HOST : null);
    expect(await bodyOf(await caller.post(address('retention-consent')), 403), who).toEqual({
      error: 'You are not authorized to provide retention consent for this challenge',
      detail: expect.any(String),
    });
    const data = { consent: false };
    expect(await bodyOf(await caller.post(address('update-retention-consent'), { data }), 403), who).toEqual({
      error: 'You are not authorized to update retention consent for this challenge',
      detail: expect.any(String),
    });
  }
});

test('a token does what its scopes say, decides for a host once he accepts, and ends at once (B9, E3, L8)', async ({
  as,
  visitor,
}) => {
  const admin = await as(PEOPLE.admin);
  const tokens = new TokensPage(admin);
  await tokens.open();
  const reading = await tokens.make({ name: 'Reader', scopes: ['challenges:read'] });
  const deciding = await tokens.make({ name: 'Bridge', scopes: ['consent:write'], actsFor: HOST });
  expect(reading).toMatch(/^lapse_[\w-]{43}$/);
  expect(await admin.content()).not.toContain(reading.slice(12));
  await expect(tokens.row('Bridge')).toContainText('who has not accepted it yet');

  const machine: APIRequestContext = (await visitor()).request;
  const read = (secret: string) =>
    machine.get(address('retention-consent-status'), { headers: bearer(secret) });
  const decide = (secret: string, consent: boolean) =>
    machine.post(address('update-retention-consent', false), { headers: bearer(secret), data: { consent } });
  expect(Object.keys(await bodyOf(await read(reading), 200))).toEqual(expect.arrayContaining(DETAILS));
  expect((await decide(reading, false)).status()).toBe(403);
  expect((await read(deciding)).status()).toBe(403);
  expect(await bodyOf(await decide(deciding, false), 403)).toMatchObject({
    detail: `${HOST} has not accepted yet that this token decides in their name.`,
  });
  for (const secret of ['lapse_x', 'x', `${reading.slice(0, -2)}zz`]) {
    expect((await read(secret)).status()).toBe(401);
  }
  // A token that counts for nothing is no way in beside a session that would be one.
  expect((await admin.request.get(address('retention-info'), { headers: bearer('lapse_x') })).status()).toBe(
    401,
  );

  const host = await as(HOST);
  await visit(host, '/');
  await host.getByRole('link', { name: 'Look at it' }).click();
  await expect(host).toHaveURL('/account');
  await host.getByRole('button', { name: 'Accept Bridge' }).click();
  const dialog = host.getByRole('dialog', { name: 'Let “Bridge” decide in your name?' });
  await expect(dialog).toContainText('cannot be brought back');
  await dialog.getByRole('button', { name: 'Let it decide' }).click();
  await dialog.waitFor({ state: 'hidden' });

  expect(await bodyOf(await decide(deciding, false), 200)).toMatchObject({ consent_by: null });
  expect(await bodyOf(await decide(deciding, true), 200)).toMatchObject({ consent_by: HOST });
  expect((await read(deciding)).status()).toBe(200);

  await host.getByRole('button', { name: 'Revoke Bridge' }).click();
  const revoke = host.getByRole('alertdialog', { name: 'Revoke “Bridge”?' });
  await revoke.getByRole('button', { name: 'Revoke' }).click();
  await revoke.waitFor({ state: 'hidden' });
  expect((await decide(deciding, false)).status()).toBe(401);
  await tokens.open();
  await tokens.revoke('Reader');
  expect((await read(reading)).status()).toBe(401);
  await tokens.open('?state=ended');
  await expect(tokens.row('Bridge')).toContainText('Revoked');

  const auditor = await as(PEOPLE.auditor);
  await visit(auditor, '/tokens?state=all');
  await expect(auditor.getByRole('button', { name: 'Make a token' })).toHaveCount(0);
  expect(await visit(host, '/tokens')).toBe(403);
});

test('a page has one address, with no slash at its end', async ({ as, baseURL }) => {
  const { request } = await as(PEOPLE.admin);
  const answer = await request.get('/challenges/?state=kept', { maxRedirects: 0 });
  expect([answer.status(), answer.headers().location]).toEqual([
    308,
    expect.stringMatching(/\/challenges\?state=kept$/),
  ]);
  const elsewhere = await request.get(`${baseURL}//elsewhere.example/`, { maxRedirects: 0 });
  expect(elsewhere.headers().location ?? '').not.toMatch(/^(https?:)?\/\/elsewhere/);
});
