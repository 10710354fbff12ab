import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Page,
} from '@playwright/test';
import { type DemoUsername, passwordOf } from './demo';
import { SignInPage } from './pages/sign-in-page';

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

interface Fixtures {
  /** A browser window of somebody who is signed in. Signed in by the form once for each person, then from the cookie. */
  as: (username: DemoUsername, options?: BrowserContextOptions) => Promise<Page>;
  /** A browser window of somebody who is not. */
  visitor: (options?: BrowserContextOptions) => Promise<Page>;
}

const sessions = new Map<DemoUsername, Session>();

export const test = base.extend<Fixtures>({
  visitor: async ({ browser }, use) => {
    const contexts: BrowserContext[] = [];
    const faults: string[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      collectFaults(context, faults);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(faults, 'what the browser complained about').toEqual([]);
  },

  as: async ({ visitor }, use) => {
    await use(async (username, options = {}) => {
      let session = sessions.get(username);
      if (!session) {
        const page = await visitor();
        const signIn = new SignInPage(page);
        await signIn.open();
        await signIn.signIn(username, passwordOf(username));
        await expect(page).not.toHaveURL(/\/sign-in/);
        session = await page.context().storageState();
        await page.context().close();
        sessions.set(username, session);
      }
      return visitor({ ...options, storageState: session });
    });
  },
});

export { expect };

/** Every journey also holds that no page breaks its own content security policy, throws, or differs from the server's. */
function collectFaults(context: BrowserContext, faults: string[]): void {
  context.on('console', (message) => {
    // Chromium notes every answer of 400 and above, also those that a journey asks for.
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
    faults.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => faults.push(String(error.error().stack ?? error.error())));
}
