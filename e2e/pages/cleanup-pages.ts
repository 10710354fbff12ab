import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';
import { readAllRows } from './paged-table';

export interface PlannedFile {
  key: string;
  /** Null: unknown. */
  bytes: number | null;
  challenge: string;
  /** Whether it goes or stays, and why, as the screen says it. */
  fate: string;
}

export class CleanupPage {
  readonly preview;

  constructor(readonly page: Page) {
    this.preview = page.getByRole('button', { name: 'Preview a cleanup' });
  }

  open(): Promise<number> {
    return visit(this.page, '/cleanup');
  }

  /** Makes a plan of everything that is due, and goes to it. */
  async makePlan(): Promise<PlanPage> {
    await this.open();
    await this.preview.click();
    await this.page.waitForURL(/\/cleanup\/plans\/[0-9a-f-]{36}$/);
    return new PlanPage(this.page);
  }
}

export class PlanPage {
  readonly answer;
  readonly byChallenge;
  readonly run;
  /** What stands there about a second admin. */
  readonly approval;

  constructor(readonly page: Page) {
    this.answer = page.locator('[data-answer]');
    this.approval = page.getByRole('note').filter({ hasText: 'second admin' });
    this.byChallenge = page.getByRole('table', { name: 'The plan by challenge' });
    this.run = page.getByRole('button', { name: 'Run this plan…' });
  }

  /** Approves it as the second admin, with what is typed. */
  async approve(typed: string): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: /^Approve the deletion/ });
    if (!(await dialog.isVisible())) await this.page.getByRole('button', { name: 'Approve…' }).click();
    await dialog.getByLabel(/^Type/).fill(typed);
    await dialog.getByRole('button', { name: /^Approve / }).click();
  }

  challengeRow(title: string): Locator {
    return this.byChallenge.locator('tbody').getByRole('row').filter({ hasText: title });
  }

  figure(label: string): Locator {
    return figure(this.page, label);
  }

  /** The files that the plan names, all pages of them. */
  async files(show: 'goes' | 'held-back', challengeId?: number): Promise<PlannedFile[]> {
    const here = this.page.url();
    const address = new URL(here);
    address.searchParams.set('show', show);
    if (challengeId !== undefined) address.searchParams.set('challenge', String(challengeId));
    await visit(this.page, address.href);
    const files = await readAllRows(
      this.page,
      {
        table: this.page.getByRole('table', { name: 'Items of the plan' }),
        pages: this.page.getByRole('navigation', { name: 'Pages of items' }),
      },
      (rows) =>
        rows.map((row) => {
          const bytes = row.querySelector('data')?.value;
          const [submission, fate] = [row.cells[2], row.cells[5]].map((cell) => cell?.innerText ?? '');
          return {
            key: row.querySelector('code')?.textContent ?? '',
            bytes: bytes === undefined ? null : Number(bytes),
            challenge: submission?.split('\n').at(-1) ?? '',
            fate: fate ?? '',
          };
        }),
    );
    await visit(this.page, here);
    return files;
  }
}

/** The one dialog that sets off a deletion. */
export class RunPlanDialog {
  readonly root;
  readonly confirmation;
  readonly confirm;

  constructor(readonly page: Page) {
    this.root = page.getByRole('alertdialog');
    this.confirmation = this.root.getByRole('textbox');
    this.confirm = this.root.getByRole('button', { name: /^Delete/ });
  }
}

export class CleanupRunPage {
  readonly state;
  readonly answer;

  constructor(readonly page: Page) {
    this.state = page.locator('h1 + [data-state-name]');
    this.answer = page.locator('[data-answer]');
  }

  figure(label: string): Locator {
    return figure(this.page, label);
  }

  /** The keys of what is proved to be gone, all pages of them. */
  receiptKeys(): Promise<string[]> {
    return readAllRows(
      this.page,
      {
        table: this.page.getByRole('table', { name: 'Receipts of this run' }),
        pages: this.page.getByRole('navigation', { name: 'Pages of receipts' }),
      },
      (rows) => rows.map((row) => row.querySelector('code')?.textContent ?? ''),
    );
  }
}

const figure = (page: Page, label: string): Locator =>
  page
    .locator('dl > div')
    .filter({ has: page.locator('dt', { hasText: new RegExp(`^${label}$`) }) })
    .locator('dd')
    .first();
