import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';

/** The scheduled jobs, and the page of the run that one of them was asked for. */
export class JobsPage {
  readonly runState;

  constructor(readonly page: Page) {
    this.runState = page.locator('h1 + [data-state-name]');
  }

  open(): Promise<number> {
    return visit(this.page, '/jobs');
  }

  async runRetentionDates(): Promise<void> {
    await this.page.getByRole('button', { name: 'Run now: Recompute retention dates' }).click();
    await this.page.waitForURL(/\/jobs\/runs\//);
  }

  async runNotices(): Promise<void> {
    await this.page.getByRole('button', { name: 'Run now: Send notices and consent summary' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Send the notices now?' });
    await dialog.getByRole('button', { name: 'Send notices' }).click();
    await this.page.waitForURL(/\/jobs\/runs\//);
  }

  /** What a job did last. */
  lastRun(job: string): Locator {
    const row = this.page
      .getByRole('table', { name: 'Scheduled jobs' })
      .getByRole('row')
      .filter({ hasText: job });
    return row.getByRole('cell').nth(1);
  }
}
