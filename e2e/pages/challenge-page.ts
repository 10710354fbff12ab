import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';
import { ReleaseDialog } from './hold-pages';
import { readAllRows } from './paged-table';

/** The page of one challenge. */
export class ChallengePage {
  readonly heading;
  readonly answer;
  readonly consentSwitch;
  readonly consentState;
  readonly submissions;
  readonly heldBack;
  readonly history;
  readonly holds;

  constructor(readonly page: Page) {
    this.heading = page.getByRole('heading', { level: 1 });
    this.answer = page.locator('[data-answer]');
    this.consentSwitch = page.getByRole('switch', { name: 'Consent to deletion' });
    this.consentState = page.locator('main section').filter({ has: this.consentSwitch });
    this.submissions = page.getByRole('table', { name: 'Submissions of this challenge' });
    this.heldBack = page.getByRole('table', { name: 'What is held back, by reason' });
    this.history = page.getByRole('list', { name: 'History of this challenge' });
    this.holds = page.getByRole('table', { name: 'Holds on this challenge' });
  }

  open(id: number): Promise<number> {
    return visit(this.page, `/challenges/${id}`);
  }

  /** The ids of all submissions, page by page; comes back to the first. */
  async submissionIds(): Promise<number[]> {
    const first = this.page.url();
    const pages = this.page.getByRole('navigation', { name: 'Pages of submissions' });
    const ids = await readAllRows(this.page, { table: this.submissions, pages }, (rows) =>
      rows.map((row) => Number(row.querySelector('a')?.textContent?.replace('#', ''))),
    );
    if (this.page.url() !== first) await visit(this.page, first);
    return ids;
  }

  submissionRows(): Locator {
    return this.submissions.locator('tbody').getByRole('row');
  }

  /** The row of what is held back whose badge says so. */
  heldBackRow(title: string): Locator {
    return this.heldBack
      .locator('tbody')
      .getByRole('row')
      .filter({ has: this.page.locator('[data-state-name]').getByText(title, { exact: true }) });
  }

  historyEntries(): Locator {
    return this.history.getByRole('listitem');
  }

  consentEntries(): Locator {
    return this.historyEntries().filter({ hasText: /^Consent (given|withdrawn)/ });
  }

  holdRow(matter: string): Locator {
    return this.holds.locator('tbody').getByRole('row').filter({ hasText: matter });
  }

  async placeHold({ on, matter, reason }: { on?: string; matter: string; reason: string }): Promise<void> {
    await this.page.getByRole('button', { name: 'Place a hold', exact: true }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Place a hold' });
    if (on) await dialog.getByLabel('On', { exact: true }).selectOption(on);
    await dialog.getByLabel('Matter').fill(matter);
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Place the hold' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Opens the dialog that shows what a release would let go. */
  openRelease(matter: string): Promise<ReleaseDialog> {
    return ReleaseDialog.open(this.page, matter);
  }

  async releaseHold(matter: string, reason: string): Promise<void> {
    const dialog = await this.openRelease(matter);
    await dialog.confirm(reason);
  }
}
