import type { Page } from '@playwright/test';
import { CHALLENGES, PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { ChallengePage } from './pages/challenge-page';
import { ConsentDialog } from './pages/consent-dialog';
import { logPolicyOnDisk, mailsOnDisk } from './product';

const { logging } = CHALLENGES;
const GROUP = `challenge-pk-${logging.id}-production-workers`;

const logsOf = (page: Page) =>
  page.getByRole('list', { name: 'Log groups of this challenge' }).getByRole('listitem');

test('logs are kept until a host consents, then as long as the hosts are told, and withdrawal takes it back (E13, L1, L2)', async ({
  as,
}) => {
  const admin = await as(PEOPLE.admin);
  const seen = new ChallengePage(admin);
  await seen.open(logging.id);
  const logs = logsOf(admin);
  await expect(logs).toContainText(GROUP);
  await expect(logs).toContainText('The hosts have not consented, so the logs are kept.');
  await expect(logs.getByRole('button')).toHaveCount(0);
  await expect(admin.getByText('The service expires events by their own age.')).toBeVisible();
  expect(logPolicyOnDisk(GROUP)).toBeNull();

  const host = await as(logging.hosts[0]);
  const own = new ChallengePage(host);
  await own.open(logging.id);
  await own.consentSwitch.click();
  const giving = new ConsentDialog(host, 'give');
  await expect(giving.shownText).toContainText("The logs of the challenge's workers");
  await giving.confirm.click();
  await expect(own.consentSwitch).toBeChecked();

  // The job does it as well, by itself; whoever comes second finds it done.
  await admin.reload();
  await logs.getByRole('button', { name: /(Set now|Check again|Try again): logs of production/ }).click();
  await expect(logs).toContainText('Expiring');
  // It began 25 days ago and ends in 40; 30 more are 95, and the service accepts 120.
  await expect(logs).toContainText('120 days');
  await expect(logs).toContainText('Hosts were told');
  expect(logPolicyOnDisk(GROUP)).toBe(120);
  const told = [...mailsOnDisk().values()].filter((mail) => mail.includes(GROUP));
  expect(told.length).toBeGreaterThan(0);

  // Hosts see it, and have no button.
  await host.reload();
  await expect(logsOf(host)).toContainText('Expiring');
  await expect(logsOf(host).getByRole('button')).toHaveCount(0);

  await own.consentSwitch.click();
  await new ConsentDialog(host, 'withdraw').confirm.click();
  await expect(own.consentSwitch).not.toBeChecked();
  await expect.poll(() => logPolicyOnDisk(GROUP), { timeout: 30_000 }).toBeNull();
  await admin.reload();
  await expect(logs).toContainText('The hosts have not consented, so the logs are kept.');
});

test('the platform tells of a worker once, and only those who may are heard (E14, L8)', async ({ as }) => {
  const admin = (await as(PEOPLE.admin)).request;
  const event = {
    id: 'e2e-worker-1',
    type: 'worker.restarted',
    challenge_id: logging.id,
    occurred_at: '2026-11-21T09:00:00Z',
    payload: { task: 'arn:1' },
  };
  const post = (request: typeof admin, data: unknown) => request.post('/api/v1/platform-events', { data });
  const first = await post(admin, event);
  expect(first.status()).toBe(202);
  const answer = await first.json();
  expect(answer).toMatchObject({
    id: event.id,
    type: event.type,
    challenge_id: logging.id,
    environment: null,
  });
  const again = await post(admin, event);
  expect([again.status(), await again.json()]).toEqual([202, answer]);

  expect((await post(admin, { ...event, payload: {} })).status()).toBe(409);
  expect((await post(admin, { ...event, id: 'e2e-worker-2', challenge_id: 99_999 })).status()).toBe(404);
  const unknown = await post(admin, { ...event, id: 'e2e-worker-3', type: 'worker.stopped' });
  expect(unknown.status()).toBe(400);
  expect((await unknown.json()).detail).toContain(
    'challenge.approved, worker.restarted, task-definition.registered',
  );
  const form = await admin.post('/api/v1/platform-events', { form: { id: 'x' } });
  expect(form.status()).toBe(415);
  expect(form.headers()['content-type']).toBe('application/problem+json');

  // A token that counts for nothing is no way in, also beside a session that would be one.
  const headers = { authorization: 'Bearer lapse_0123456789abcdef0123456789abcdef' };
  const stranger = await admin.post('/api/v1/platform-events', { data: event, headers });
  expect(stranger.status()).toBe(401);

  const host = (await as(PEOPLE.host)).request;
  expect((await post(host, { ...event, id: 'e2e-worker-4' })).status()).toBe(403);
});
