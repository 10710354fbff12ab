import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';

export class TokensPage {
  constructor(readonly page: Page) {}

  open(query = ''): Promise<number> {
    return visit(this.page, `/tokens${query}`);
  }

  row(name: string): Locator {
    return this.page
      .getByRole('table', { name: 'API tokens' })
      .locator('tbody')
      .getByRole('row')
      .filter({ hasText: name });
  }

  /** Makes a token and returns it, as the dialog shows it this once. */
  async make(token: { name: string; scopes: string[]; actsFor?: string }): Promise<string> {
    await this.page.getByRole('button', { name: 'Make a token' }).click();
    const form = this.page.getByRole('dialog', { name: 'Make an API token' });
    await form.getByLabel('Name', { exact: true }).fill(token.name);
    for (const scope of token.scopes) await form.getByRole('checkbox', { name: scope }).check();
    if (token.actsFor) await form.getByLabel('Decides in the name of').fill(token.actsFor);
    await form.getByRole('button', { name: 'Make the token' }).click();
    const shown = this.page.getByRole('dialog', { name: 'Copy the token now' });
    const secret = (await shown.getByTestId('token').textContent()) ?? '';
    await shown.getByRole('button', { name: 'I have copied it' }).click();
    await shown.waitFor({ state: 'hidden' });
    return secret;
  }

  async revoke(name: string): Promise<void> {
    await this.row(name)
      .getByRole('button', { name: `Revoke ${name}` })
      .click();
    const dialog = this.page.getByRole('alertdialog', { name: `Revoke “${name}”?` });
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }
}
