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

  async addAdmin(person: { username: string; displayName: string; password: string }): Promise<void> {
    await this.page.getByRole('button', { name: 'Add a person' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Add a person' });
    await dialog.getByLabel('Name', { exact: true }).fill(person.displayName);
    await dialog.getByLabel('User name').fill(person.username);
    await dialog.getByLabel('E-mail').fill(`${person.username}@lapse-demo.example`);
    await dialog.getByLabel('Role').selectOption('admin');
    await dialog.getByLabel('Password', { exact: true }).fill(person.password);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
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
