import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';

/** The list of holds. */
export class HoldsPage {
  readonly answer;
  readonly rows;
  readonly onPublicData;

  constructor(readonly page: Page) {
    this.answer = page.locator('[data-answer]');
    this.rows = page.getByRole('table', { name: 'Holds' }).locator('tbody').getByRole('row');
    this.onPublicData = page
      .getByRole('table', { name: 'Public data under a hold' })
      .locator('tbody')
      .getByRole('row');
  }

  open(filters: Record<string, string> = {}): Promise<number> {
    const query = new URLSearchParams(filters);
    return visit(this.page, query.size > 0 ? `/holds?${query}` : '/holds');
  }

  row(matter: string): Locator {
    return this.rows.filter({ hasText: matter });
  }

  /** Goes to the page of one hold; gives its address. */
  async openHold(matter: string): Promise<string> {
    await this.row(matter).getByRole('link', { name: matter }).click();
    await this.page.waitForURL(/\/holds\/[0-9a-f-]{36}$/);
    await this.page.getByRole('heading', { level: 1, name: matter }).waitFor();
    return new URL(this.page.url()).pathname;
  }
}

/** Fills in the dialog that a button opened, and places the hold. */
export async function placeInDialog(dialog: Locator, matter: string, reason: string): Promise<void> {
  await dialog.getByLabel('Matter').fill(matter);
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: 'Place the hold' }).click();
}

/** The dialog that shows what a release would let go, and asks for the reason. */
export class ReleaseDialog {
  readonly facts;

  private constructor(readonly root: Locator) {
    this.facts = root.getByRole('list');
  }

  /** Waits until what it would let go is counted. */
  static async open(page: Page, matter: string): Promise<ReleaseDialog> {
    await page.getByRole('button', { name: `Release the hold for ${matter}`, exact: true }).click();
    const dialog = new ReleaseDialog(page.getByRole('dialog', { name: /^Release the hold/ }));
    await dialog.facts.waitFor();
    return dialog;
  }

  async confirm(reason: string): Promise<void> {
    await this.ask(reason);
    await this.root.waitFor({ state: 'hidden' });
  }

  async ask(reason: string): Promise<void> {
    await this.root.getByLabel('Reason').fill(reason);
    await this.root.getByRole('button', { name: 'Release the hold' }).click();
  }
}
