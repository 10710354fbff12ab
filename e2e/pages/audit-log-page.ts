import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';

/** The list of events, and the page of one of them. */
export class AuditLogPage {
  readonly rows;
  readonly values;
  /** What was searched for the page. */
  readonly searched;

  constructor(readonly page: Page) {
    this.rows = page.getByRole('table', { name: 'Audit events' }).locator('tbody').getByRole('row');
    this.values = page.getByRole('table', { name: 'Old and new value' });
    this.searched = page.getByText(/^Searched the hot tier/);
  }

  open(filters: Record<string, string> = {}): Promise<number> {
    return visit(this.page, `/audit-log?${new URLSearchParams(filters)}`);
  }

  /** Opens the newest event of the list. */
  async openFirst(): Promise<void> {
    await this.rows.first().getByRole('link').first().click();
    await this.page.waitForURL(/\/audit-log\/[0-9a-f-]{36}/);
  }

  /** The cells of a value, before and after. */
  value(path: string): Locator {
    const name = this.page.locator('code', { hasText: new RegExp(`^${path}$`) });
    return this.values.locator('tbody tr').filter({ has: name }).getByRole('cell');
  }
}
