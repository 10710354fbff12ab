import { CHALLENGES, PEOPLE, personOf } from './demo';
import { expect, test } from './fixtures';
import { NoticePages } from './pages/notice-pages';
import { mailsOnDisk } from './product';
import { settled, visit } from './visit';

const { halfTold } = CHALLENGES;
const [told, missed] = halfTold.hosts.map((username) => ({
  ...personOf(username),
  email: `${username}@lapse-demo.example`,
}));

test('an auditor reads who was told, when the first files may go, and which dates stand (L2, L10)', async ({
  as,
}) => {
  const page = await as(PEOPLE.auditor);
  const notices = new NoticePages(page);
  await notices.list();
  await expect(page.getByRole('note').filter({ hasText: 'Mails do not leave this machine' })).toBeVisible();
  await notices.openOf(halfTold);
  await expect(notices.answer).toContainText(/^It was delivered to .* on \d+ \w+ \d{4}, .*UTC/);
  await expect(notices.answer).toContainText(/The first files may go from .*UTC\)? on\./);
  await expect(notices.recipients.filter({ hasText: told?.email ?? '' })).toContainText('Accepted');
  await expect(notices.submissions).toHaveCount(11);
  await expect(notices.submissions.first()).toContainText('The date stands');
  await expect(notices.submissions.first().locator('time').first()).toContainText('UTC');
  await expect(notices.sendAgain).toHaveCount(0);
  await page.getByRole('link', { name: halfTold.title }).first().click();
  await page.waitForURL(new RegExp(`/challenges/${halfTold.id}$`));
});

test('hosts see the notices of their own challenges, and no others (L8)', async ({ as }) => {
  const host = await as(halfTold.hosts[0]);
  const notices = new NoticePages(host);
  const address = await notices.openOf(halfTold);
  await expect(notices.recipients).toHaveCount(2);
  await expect(notices.sendAgain).toHaveCount(0);
  const stranger = await as(PEOPLE.otherHost);
  expect(await visit(stranger, address)).toBe(404);
  expect(await visit(stranger, '/notices/not-an-id')).toBe(404);
  // A place that is no place is the beginning.
  expect(await visit(host, `${address}?after=nonsense`)).toBe(200);
  await expect(notices.submissions.first()).toBeVisible();
});

test('an admin sends it again to whom it did not reach, once, and to nobody else (E16, L2)', async ({
  as,
}) => {
  const page = await as(PEOPLE.admin);
  const notices = new NoticePages(page);
  await notices.list({ state: 'unreached' });
  await expect(notices.rows.filter({ hasText: halfTold.title })).toContainText('Sent, not to everybody');
  await expect(notices.answer).toContainText('did not reach every host');

  await notices.openOf(halfTold);
  const answer = (await notices.answer.textContent()) ?? '';
  expect(answer).toContain(`but not to ${missed?.displayName}`);
  const row = notices.recipients.filter({ hasText: missed?.email ?? '' });
  await expect(row).toContainText('Given up');
  await expect(row).toContainText('550 5.1.1 mailbox unavailable');

  const before = mailsOnDisk();
  await notices.sendAgain.click();
  await notices.dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(notices.dialog).toBeHidden();
  expect([...mailsOnDisk().keys()]).toEqual([...before.keys()]);

  await notices.sendAgain.click();
  await notices.dialog.getByRole('button', { name: 'Send it' }).click();
  await expect(notices.dialog).toBeHidden();
  await expect(row).toContainText('Accepted');
  await expect(notices.sendAgain).toHaveCount(0);
  const sent = [...mailsOnDisk()].filter(([name]) => !before.has(name)).map(([, text]) => text);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toContain(`To: ${missed?.email}`);
  expect(sent[0]).toContain('Subject: Files of 11 submissions will be deleted from');
  const since = (text: string) => /on (\d+ \w+ \d{4}, [^,.]*?\))/.exec(text)?.[1];
  expect(since((await notices.answer.textContent()) ?? ''), 'the 14 days run as before').toBe(since(answer));

  await notices.list({ state: 'unreached' });
  await expect(notices.rows.filter({ hasText: halfTold.title })).toHaveCount(0);
  await visit(page, `/audit-log?action=notice.send&target=challenge%3A${halfTold.id}`);
  await settled(page);
  await expect(
    page.getByRole('table', { name: 'Audit events' }).locator('tbody').getByRole('row').first(),
  ).toContainText(personOf(PEOPLE.admin).displayName);
});
