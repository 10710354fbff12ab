import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';

/** The dialog in which an admin asks for another retention period: a form, then what it would do. */
export class ChangePeriodDialog {
  readonly root;
  readonly days;
  readonly reason;
  readonly look;
  readonly confirm;

  constructor(readonly page: Page) {
    this.root = page.getByRole('dialog', { name: /^Change the retention of / });
    this.days = this.root.getByLabel('Days');
    this.reason = this.root.getByLabel('Reason');
    this.look = this.root.getByRole('button', { name: 'See what it affects' });
    this.confirm = this.root.getByRole('button', { name: /^(Schedule the change|Change it now)$/ });
  }
}

/** The part of a challenge's page about its retention periods. */
export class RetentionSection {
  readonly root;
  readonly banner;

  constructor(readonly page: Page) {
    this.root = page.getByRole('region', { name: 'Retention period', exact: true });
    this.banner = page.getByRole('note').filter({ hasText: 'Scheduled: ' });
  }

  async change(what: 'files' | 'logs'): Promise<ChangePeriodDialog> {
    await this.root.getByRole('button', { name: `Change the retention of ${what}` }).click();
    return new ChangePeriodDialog(this.page);
  }

  row(words: string): Locator {
    return this.root.getByRole('table').locator('tbody').getByRole('row').filter({ hasText: words });
  }
}

export class OverridesPage {
  readonly answer;

  constructor(readonly page: Page) {
    this.answer = page.locator('[data-answer]');
  }

  open(): Promise<number> {
    return visit(this.page, '/overrides');
  }

  openChange(title: string): Locator {
    return this.rowsOf('Open changes').filter({ hasText: title });
  }

  endedChange(title: string): Locator {
    return this.rowsOf('Changes that have ended').filter({ hasText: title });
  }

  async approve(title: string): Promise<void> {
    await this.openChange(title)
      .getByRole('button', { name: /^Approve the change/ })
      .click();
    const dialog = this.page.getByRole('dialog', { name: 'Approve this change?' });
    await dialog.getByRole('button', { name: 'Approve the change' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  async cancel(title: string, reason: string): Promise<void> {
    await this.openChange(title)
      .getByRole('button', { name: /^Cancel the change/ })
      .click();
    const dialog = this.page.getByRole('dialog', { name: 'Cancel this change?' });
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Cancel the change' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  private rowsOf(caption: string): Locator {
    return this.page.getByRole('table', { name: caption }).locator('tbody').getByRole('row');
  }
}

/** The dialog that keeps one submission longer. */
export class PostponeDialog {
  readonly root;
  readonly until;
  readonly reason;
  readonly confirm;

  constructor(readonly page: Page) {
    this.root = page.getByRole('dialog', { name: /^Postpone the deletion/ });
    this.until = this.root.getByLabel('Keep the files until');
    this.reason = this.root.getByLabel('Reason');
    this.confirm = this.root.getByRole('button', { name: 'Postpone' });
  }

  async open(): Promise<void> {
    await this.page.getByRole('button', { name: 'Postpone…' }).click();
  }
}
