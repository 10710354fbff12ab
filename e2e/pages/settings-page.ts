import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';

export class SettingsPage {
  constructor(readonly page: Page) {}

  open(): Promise<number> {
    return visit(this.page, '/settings');
  }

  row(title: string): Locator {
    return this.page
      .getByRole('main')
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('heading', { name: title, exact: true }) });
  }

  /** Opens the dialog of a setting. */
  async change(title: string): Promise<ChangeSettingDialog> {
    await this.row(title)
      .getByRole('button', { name: `Change ${title}` })
      .click();
    return new ChangeSettingDialog(this.page, title);
  }
}

export class ChangeSettingDialog {
  readonly root;
  readonly value;
  readonly reason;
  readonly save;
  readonly reset;

  constructor(
    readonly page: Page,
    title: string,
  ) {
    this.root = page.getByRole('dialog', { name: title });
    this.value = this.root.getByLabel('Value');
    this.reason = this.root.getByLabel('Reason');
    this.save = this.root.getByRole('button', { name: 'Save' });
    this.reset = this.root.getByRole('button', { name: /^Reset to / });
  }
}
