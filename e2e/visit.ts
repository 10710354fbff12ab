import type { Page } from '@playwright/test';

/** Goes to an address and waits until the page is all there. Returns the HTTP status. */
export async function visit(page: Page, path: string): Promise<number> {
  const response = await page.goto(path);
  await settled(page);
  return response?.status() ?? 0;
}

/** React listens (clicks before that are lost), and the page has taken the place of its skeleton, which has no heading. */
export async function settled(page: Page): Promise<void> {
  await page.locator('html[data-hydrated=true]').waitFor();
  await page.getByRole('main').getByRole('heading').first().waitFor();
}
