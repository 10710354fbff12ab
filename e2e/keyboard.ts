import type { Locator, Page } from '@playwright/test';
import { expect } from './fixtures';

/** Presses after which somebody would have given up. */
const MANY = 60;

/** Somebody without a mouse: each step also holds that the focus can be seen. */
export class Keyboard {
  constructor(readonly page: Page) {}

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Goes on by Tab until the element has the focus. */
  async tabTo(target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    for (let presses = 0; presses < MANY; presses += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.press('Tab');
      await this.seesFocus();
    }
    throw new Error(`${target} cannot be reached within ${MANY} presses of Tab`);
  }

  /** The focus does not leave the dialog, however often Tab is pressed. */
  async staysIn(dialog: Locator): Promise<void> {
    for (let presses = 0; presses < 8; presses += 1) {
      await this.press('Tab');
      expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
      await this.seesFocus();
    }
  }

  /** What has the focus is on the screen, and has an outline or a ring of its own (WCAG 2.4.7). */
  async seesFocus(): Promise<void> {
    const focus = await this.page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return { what: 'nothing', seen: true };
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const onScreen =
        box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
      const marked =
        (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
      return { what: element.outerHTML.slice(0, 200), seen: onScreen && marked };
    });
    expect(focus, 'the focus can be seen').toMatchObject({ seen: true });
  }
}
