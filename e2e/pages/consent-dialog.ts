import type { Page } from '@playwright/test';

/** The dialog that explains a decision and makes it; the same for both directions. */
export class ConsentDialog {
  readonly root;
  readonly notes;
  readonly confirm;
  readonly shownText;

  constructor(page: Page, direction: 'give' | 'withdraw') {
    const name = direction === 'give' ? 'Give consent to deletion?' : 'Withdraw the consent?';
    this.root = page.getByRole('dialog', { name });
    this.notes = this.root.getByLabel(/^Notes/);
    this.confirm = this.root.getByRole('button', {
      name: direction === 'give' ? 'Give consent' : 'Withdraw consent',
    });
    this.shownText = this.root.locator('.whitespace-pre-line').first();
  }

  /** The paragraphs of the text that the decision is about. */
  async paragraphs(): Promise<string[]> {
    return this.shownText.locator('p').allInnerTexts();
  }
}
