import type { Locator, Page } from '@playwright/test';
import axe from 'axe-core';
import { expect } from './fixtures';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
/** What WCAG 1.4.10 asks for: 1280 pixels, enlarged four times. */
const ENLARGED = { width: 320, height: 640 };

/**
 * Light on a desk and dark on a phone: each theme and each width once, and what only a wide screen shows in dark comes with
 * `checkOpen`. Every fault is told, not only the first.
 */
export async function checkEverywhere(page: Page, what: string): Promise<void> {
  await page.setViewportSize(DESKTOP);
  await inTheme(page, 'light');
  await expectNoViolations(page, `${what}, light`);
  await expectNoSidewaysScrolling(page, `${what}, ${DESKTOP.width} px`);

  await page.setViewportSize(PHONE);
  await inTheme(page, 'dark');
  await expectNoViolations(page, `${what}, dark, on a phone`);
  await expectNoSidewaysScrolling(page, `${what}, ${PHONE.width} px`);
  await page.setViewportSize(ENLARGED);
  await expectNoSidewaysScrolling(page, `${what}, ${ENLARGED.width} px`);
}

/** Opens something over the page, checks it in both themes, and closes it: the focus goes back to what opened it. */
export async function checkOpen(page: Page, opener: Locator, role: 'dialog' | 'menu'): Promise<void> {
  const name = await opener.evaluate((element) => element.getAttribute('aria-label') ?? element.textContent);
  await opener.click();
  const opened = page.getByRole(role);
  await expect(opened).toBeVisible();
  for (const theme of ['light', 'dark'] as const) {
    await inTheme(page, theme);
    await expectNoViolations(page, `${role} of “${name}”, ${theme}`);
  }
  await page.keyboard.press('Escape');
  await expect(opened).toBeHidden();
  await expect(opener).toBeFocused();
}

async function inTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${colorScheme}\\b`));
}

/** Of all that axe looks at, only what is wrong is put in words: doing so for the rest takes longer than looking. */
async function expectNoViolations(page: Page, what: string): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const told = await page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
  }, WCAG);
  expect.soft(told, what).toEqual([]);
}

async function expectNoSidewaysScrolling(page: Page, what: string): Promise<void> {
  const { needed, there } = await page.evaluate(() => ({
    needed: document.documentElement.scrollWidth,
    there: document.documentElement.clientWidth,
  }));
  expect.soft(needed, `${what}: the page does not scroll sideways`).toBeLessThanOrEqual(there);
}
