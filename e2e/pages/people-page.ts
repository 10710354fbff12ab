import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';

export class PeoplePage {
  constructor(readonly page: Page) {}

  open(): Promise<number> {
    return visit(this.page, '/people');
  }

  row(username: string): Locator {
    return this.page
      .getByRole('table', { name: 'People' })
      .locator('tbody')
      .getByRole('row')
      .filter({ hasText: `${username} · ` });
  }

  async setAccount(username: string, account: 'active' | 'disabled', reason: string): Promise<void> {
    await this.row(username)
      .getByRole('button', { name: /^Change / })
      .click();
    const dialog = this.page.getByRole('dialog', { name: /^Change / });
    await dialog.getByLabel('Account').selectOption(account);
    await dialog.getByLabel(/^Reason/).fill(reason);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }
}
