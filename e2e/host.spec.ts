import { addDays } from '@/lib/platform/clock';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { CHALLENGES, PEOPLE, passwordOf } from './demo';
import { expect, test } from './fixtures';
import { ChallengePage } from './pages/challenge-page';
import { ConsentDialog } from './pages/consent-dialog';
import { SignInPage } from './pages/sign-in-page';
import { objectsOf, sumOf } from './product';
import { recordAction, replayAs } from './server-action';
import { visit } from './visit';

const { undecided } = CHALLENGES;

test('a host signs in with the form and sees the challenges of the own teams alone (E3)', async ({
  visitor,
}) => {
  const page = await visitor();
  const signIn = new SignInPage(page);
  await signIn.open('/challenges');
  await signIn.signIn(PEOPLE.otherHost, passwordOf(PEOPLE.otherHost));

  await expect(page).toHaveURL('/challenges');
  const rows = page.getByRole('table', { name: 'Challenges' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(5);
  await expect(rows.filter({ hasText: 'Harbour Climate Institute' })).toHaveCount(5);
});

test('a host reads what consent means, gives it, and takes it back by the same switch (E7, E23, L8)', async ({
  as,
}) => {
  const page = await as(PEOPLE.host);
  const challenge = new ChallengePage(page);
  await challenge.open(undecided.id);
  await expect(challenge.heading).toHaveText(undecided.title);
  await expect(challenge.consentSwitch).not.toBeChecked();
  await expect(challenge.submissionRows().first()).toContainText('no date');
  const submissionIds = await challenge.submissionIds();
  const objects = objectsOf(submissionIds);
  const earliest = addDays(new Date(), 14);

  // Two actions: the switch, and the word in the dialog.
  await challenge.consentSwitch.click();
  const giving = new ConsentDialog(page, 'give');
  const shown = await giving.paragraphs();
  const [, facts] = shown;
  expect(facts).toContain(
    `This concerns ${formatCount(submissionIds.length, 'submission')}: ${formatCount(objects.size, 'file')}, ${formatBytes(sumOf(objects))}.`,
  );
  expect(facts).toContain(`Nothing is deleted before ${formatDate(earliest, 'UTC')} (UTC).`);
  await giving.notes.fill('Agreed with the whole team.');
  await giving.confirm.click();

  await expect(giving.root).toBeHidden();
  await expect(challenge.consentSwitch).toBeChecked();
  await expect(challenge.consentSwitch).toBeFocused();
  const dates = challenge.submissionRows().locator('time');
  const listed = await challenge.submissionRows().count();
  expect(listed).toBeGreaterThan(0);
  await expect(dates).toHaveCount(listed);
  for (const date of await dates.all()) {
    const at = Date.parse((await date.getAttribute('datetime')) ?? '');
    expect(at).toBeGreaterThanOrEqual(earliest.getTime());
  }

  await challenge.consentSwitch.click();
  const withdrawing = new ConsentDialog(page, 'withdraw');
  await expect(withdrawing.shownText).toContainText(
    `The dates of ${formatCount(submissionIds.length, 'submission')} are cleared at once.`,
  );
  await withdrawing.confirm.click();

  await expect(withdrawing.root).toBeHidden();
  await expect(challenge.consentSwitch).not.toBeChecked();
  await expect(challenge.submissionRows().filter({ hasText: 'no date' })).toHaveCount(listed);
  await expect(dates).toHaveCount(0);

  await expect(challenge.consentEntries()).toHaveCount(2);
  await expect(challenge.consentEntries().nth(0)).toContainText('Consent withdrawn');
  await expect(challenge.consentEntries().nth(1)).toContainText('Consent given');
  await expect(challenge.consentEntries().nth(1)).toContainText('Agreed with the whole team.');

  // The record keeps, word for word, what was read.
  await challenge
    .consentEntries()
    .nth(1)
    .getByRole('link', { name: /^Record/ })
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Consent given');
  const kept = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Text that was shown' }) });
  await expect(kept.locator('p.font-medium')).toHaveText(shown[0] ?? '');
  for (const paragraph of shown) expect(await kept.innerText()).toContain(paragraph);
});

test('a decision about figures that have changed is not made, and the fresh ones are shown (E7, B3)', async ({
  as,
}) => {
  const page = await as(PEOPLE.host);
  const challenge = new ChallengePage(page);
  await challenge.open(undecided.id);
  await challenge.consentSwitch.click();
  const dialog = new ConsentDialog(page, 'give');
  await expect(dialog.shownText).not.toContainText('a hold is in place');

  const admin = await as(PEOPLE.admin);
  const staff = new ChallengePage(admin);
  await staff.open(undecided.id);
  await staff.placeHold({ on: 'Phase Development', matter: 'Host journey', reason: 'Changes the figures.' });

  await dialog.confirm.click();
  await expect(dialog.root.getByRole('alert')).toContainText('The figures have changed: please read again');
  await expect(dialog.shownText).toContainText('16 submissions: a hold is in place');
  await page.keyboard.press('Escape');
  await expect(dialog.root).toBeHidden();
  await expect(challenge.consentSwitch).not.toBeChecked();
  await staff.releaseHold('Host journey', 'The journey is over.');
});

test('who may only read, and who belongs to another team, cannot decide, on the page or past it (E3, L8)', async ({
  as,
}) => {
  const page = await as(PEOPLE.host);
  const challenge = new ChallengePage(page);
  await challenge.open(undecided.id);
  await challenge.consentSwitch.click();
  const call = await recordAction(page, () => new ConsentDialog(page, 'give').confirm.click());
  await expect(challenge.consentSwitch).toBeChecked();
  await challenge.consentSwitch.click();
  await new ConsentDialog(page, 'withdraw').confirm.click();
  await expect(challenge.consentSwitch).not.toBeChecked();

  const reader = await as(PEOPLE.reader);
  const seen = new ChallengePage(reader);
  await seen.open(undecided.id);
  await expect(seen.consentSwitch).toHaveAttribute('aria-disabled', 'true');
  await expect(seen.consentSwitch).toHaveAccessibleDescription(/Your permission in the host team is “Read”/);
  await seen.consentSwitch.click({ force: true });
  await expect(reader.getByRole('dialog')).toHaveCount(0);
  expect((await replayAs(reader, call)).text).toContain('"outcome":"refused"');

  const stranger = await as(PEOPLE.otherHost);
  await visit(stranger, `/challenges/${undecided.id}`);
  await expect(stranger.getByRole('heading', { name: 'Not found', level: 1 })).toBeVisible();
  await expect(stranger.getByText(undecided.title)).toHaveCount(0);
  expect((await replayAs(stranger, call)).text).toContain('"outcome":"refused"');

  await page.reload();
  await expect(challenge.consentSwitch).not.toBeChecked();
});
