import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';

/** A stream of the audit log: its limits, and its holds. */
export class StreamPage {
  readonly answer;
  readonly look;
  readonly outcome;
  readonly set;
  /** What its limits have removed so far. */
  readonly removed;

  constructor(readonly page: Page) {
    this.answer = page.locator('[data-answer]');
    this.look = page.getByRole('button', { name: 'See what they would remove' });
    this.outcome = page.getByRole('status').getByRole('note').first();
    this.set = page.getByRole('button', { name: 'Set the limits' });
    this.removed = page.getByRole('region', { name: 'What its limits have removed' });
  }

  open(name: string): Promise<number> {
    return visit(this.page, `/audit-log/streams/${name}`);
  }

  limit(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  /** How many events the preview says would go, and how many would stay. */
  async previewed(): Promise<{ goes: number; stays: number }> {
    const words = await this.outcome.innerText();
    const numbers = /^([\d,]+) events?, .* would go now[\s\S]*; ([\d,]+) events?, .* would stay/.exec(words);
    if (!numbers) throw new Error(`the preview says something else: ${words}`);
    const [goes, stays] = numbers.slice(1).map((number) => Number(number.replaceAll(',', '')));
    return { goes: goes ?? 0, stays: stays ?? 0 };
  }

  async placeHold(matter: string, reason: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Place a hold' }).click();
    const dialog = this.page.getByRole('dialog', { name: /^Place a hold on the stream/ });
    await dialog.getByLabel('Matter').fill(matter);
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Place the hold' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  async releaseHold(reason: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Release…' }).click();
    const dialog = this.page.getByRole('dialog', { name: /^Release the hold/ });
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Release the hold' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }
}

/** The page of one event. */
export class EventPage {
  readonly place;
  readonly proof;

  constructor(readonly page: Page) {
    this.place = page.locator('dt', { hasText: /^Lies in$/ }).locator('xpath=following-sibling::dd');
    this.proof = page.getByRole('link', { name: 'Download the proof' });
  }
}

/** The retention of the audit log: what holds, and the form that changes it in two steps. */
export class AuditRetentionPage {
  readonly answer;
  readonly look;
  readonly changes;
  readonly reason;
  readonly schedule;
  readonly scheduled;

  constructor(readonly page: Page) {
    this.answer = page.locator('[data-answer]');
    this.look = page.getByRole('button', { name: 'Show what this would do' });
    this.changes = page.getByRole('table', { name: 'What changes' }).locator('tbody').getByRole('row');
    this.reason = page.getByLabel('Reason');
    this.schedule = page.getByRole('button', { name: /^Schedule for / });
    this.scheduled = page.getByText('Scheduled to get shorter');
  }

  open(): Promise<number> {
    return visit(this.page, '/settings/audit-retention');
  }

  /** A field of the form: by its first word, since hints belong to what names it. */
  days(tier: 'Hot' | 'Warm' | 'Cold'): Locator {
    return this.page.getByRole('textbox', { name: `${tier} tier` });
  }

  async cancel(reason: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Cancel it…' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Keep the longer retention?' });
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Keep the longer one' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }
}
