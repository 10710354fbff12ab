import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';
import { PlanPage } from './cleanup-pages';

export class PublicDataPage {
  readonly answer;
  readonly preview;
  readonly kept;
  readonly coming;
  readonly policies;
  readonly runs;

  constructor(readonly page: Page) {
    this.answer = page.locator('[data-answer]');
    this.preview = page.getByRole('button', { name: 'Preview a cleanup' });
    this.kept = page.getByRole('table', { name: 'What stays, and why' });
    this.coming = page.getByRole('table', { name: 'What goes, and when' });
    this.policies = page.getByRole('table', { name: 'Policies of anonymous data' });
    this.runs = page.getByRole('table', { name: 'Runs of the cleanup of anonymous data' });
  }

  open(): Promise<number> {
    return visit(this.page, '/public-data');
  }

  /** Makes a plan of everything that is due, and goes to it. */
  async makePlan(): Promise<PlanPage> {
    await this.preview.click();
    await this.page.waitForURL(/\/cleanup\/plans\/[0-9a-f-]{36}$/);
    return new PlanPage(this.page);
  }
}

/** The list of transcripts with one filter; each row's link goes to the transcript. */
export class TranscriptsPage {
  readonly rows;

  constructor(readonly page: Page) {
    this.rows = page.getByRole('table', { name: 'Transcripts' }).locator('tbody').getByRole('row');
  }

  open(query: Record<string, string>): Promise<number> {
    return visit(this.page, `/public-data/transcripts?${new URLSearchParams(query)}`);
  }

  ids(): Promise<string[]> {
    return this.rows.locator('code').evaluateAll((codes) => codes.map((code) => code.textContent ?? ''));
  }
}

export class TranscriptPage {
  readonly answer;
  readonly files;
  readonly holds;

  constructor(readonly page: Page) {
    this.answer = page.locator('[data-answer]');
    this.files = page
      .getByRole('table', { name: 'Files of this transcript' })
      .locator('tbody')
      .getByRole('row');
    this.holds = page.getByRole('table', { name: 'Holds on this transcript' });
  }

  open(id: string): Promise<number> {
    return visit(this.page, `/public-data/transcripts/${id}`);
  }

  file(of: string, kind: string): Locator {
    return this.files.filter({ hasText: `the ${of}` }).filter({ hasText: kind });
  }
}
