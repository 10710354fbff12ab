import type { Locator, Page } from '@playwright/test';
import { visit } from '../visit';

/** Reads every row of a table, page after page, and stays on the last one. `read` runs in the browser. */
export async function readAllRows<T>(
  page: Page,
  { table, pages }: { table: Locator; pages: Locator },
  read: (rows: HTMLTableRowElement[]) => T[],
): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    all.push(...(await table.locator('tbody > tr').evaluateAll(read as (rows: Element[]) => T[])));
    const next = pages.getByRole('link', { name: 'Next' });
    const href = (await next.count()) > 0 ? await next.getAttribute('href') : null;
    if (!href) break;
    await visit(page, href);
  }
  return all;
}
