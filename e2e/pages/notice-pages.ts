import type { Locator, Page } from '@playwright/test';
import { settled, visit } from '../visit';

/** The list of notices, and the page of one of them. */
export class NoticePages {
  readonly answer;
  readonly rows;
  readonly recipients;
  readonly submissions;
  readonly sendAgain;
  readonly dialog;

  constructor(readonly page: Page) {
    this.answer = page.locator('[data-answer]');
    this.rows = rowsOf(page, 'Notices');
    this.recipients = rowsOf(page, 'Recipients of this notice');
    this.submissions = rowsOf(page, 'Submissions that this notice named');
    this.sendAgain = page.getByRole('button', { name: 'Send again now' });
    this.dialog = page.getByRole('alertdialog', { name: 'Send this notice again now?' });
  }

  list(filters: Record<string, string> = {}): Promise<number> {
    return visit(this.page, `/notices?${new URLSearchParams(filters)}`);
  }

  /** Opens the newest notice of the challenge from the list; returns its address. */
  async openOf(challenge: { id: number }): Promise<string> {
    await this.list({ challenge: String(challenge.id) });
    await this.rows.first().getByRole('link').first().click();
    await this.page.waitForURL(/\/notices\/[0-9a-f-]{36}$/);
    await settled(this.page);
    return new URL(this.page.url()).pathname;
  }
}

const rowsOf = (page: Page, name: string): Locator =>
  page.getByRole('table', { name, exact: true }).locator('tbody').getByRole('row');
