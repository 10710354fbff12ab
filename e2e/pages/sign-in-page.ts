import type { Page } from '@playwright/test';

export class SignInPage {
  readonly refusal;
  readonly username;
  readonly password;
  readonly submit;

  constructor(readonly page: Page) {
    this.username = page.getByLabel('User name', { exact: true });
    this.password = page.getByLabel('Password', { exact: true });
    this.submit = page.getByRole('button', { name: 'Sign in', exact: true });
    this.refusal = page.getByRole('main').getByRole('alert');
  }

  async open(callbackUrl?: string): Promise<void> {
    await this.page.goto(
      callbackUrl === undefined ? '/sign-in' : `/sign-in?callbackUrl=${encodeURIComponent(callbackUrl)}`,
    );
    await this.page.locator('html[data-hydrated=true]').waitFor();
  }

  /** Returns when the server has answered. */
  async signIn(username: string, password: string): Promise<void> {
    await this.username.fill(username);
    await this.password.fill(password);
    const answered = this.page.waitForResponse((response) => response.request().method() === 'POST');
    await this.submit.click();
    await answered;
  }
}
