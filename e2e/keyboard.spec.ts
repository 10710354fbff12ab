import { CHALLENGES, passwordOf } from './demo';
import { expect, test } from './fixtures';
import { Keyboard } from './keyboard';
import { ChallengePage } from './pages/challenge-page';
import { ConsentDialog } from './pages/consent-dialog';
import { SignInPage } from './pages/sign-in-page';

const { withdrawn } = CHALLENGES;
const [host] = withdrawn.hosts;

test('a host signs in, finds a challenge and gives consent with the keyboard alone (B12, E7, E23)', async ({
  visitor,
}) => {
  const page = await visitor();
  const keys = new Keyboard(page);
  const signIn = new SignInPage(page);
  await signIn.open();
  await expect(signIn.username).toBeFocused();
  await keys.type(host);
  await keys.press('Tab');
  await expect(signIn.password).toBeFocused();
  await keys.type(passwordOf(host));
  await keys.press('Enter');
  await expect(page).toHaveURL('/');

  // Past the navigation in two keys.
  await keys.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await keys.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();

  const link = page.getByRole('main').getByRole('link', { name: withdrawn.title }).first();
  await keys.tabTo(link);
  await keys.press('Enter');
  const challenge = new ChallengePage(page);
  await expect(challenge.heading).toHaveText(withdrawn.title);

  await keys.tabTo(challenge.consentSwitch);
  await keys.press('Space');
  const dialog = new ConsentDialog(page, 'give');
  await expect(dialog.root).toBeVisible();

  // Escape decides nothing and gives the focus back.
  await keys.press('Escape');
  await expect(dialog.root).toBeHidden();
  await expect(challenge.consentSwitch).toBeFocused();
  await expect(challenge.consentSwitch).not.toBeChecked();

  await keys.press('Space');
  await expect(dialog.root).toBeVisible();
  await keys.tabTo(dialog.notes);
  await keys.type('Given by keyboard.');
  await keys.tabTo(dialog.confirm);
  await keys.staysIn(dialog.root);
  await keys.tabTo(dialog.confirm);
  await keys.press('Enter');

  await expect(dialog.root).toBeHidden();
  await expect(challenge.consentSwitch).toBeChecked();
  await expect(challenge.consentSwitch).toBeFocused();
  await keys.seesFocus();
  await expect(challenge.consentEntries().first()).toContainText('Given by keyboard.');
});
