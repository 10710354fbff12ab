import type { Page } from '@playwright/test';

/** A call of a server action, as the browser made it. */
export interface RecordedCall {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** What the page asks the server to do while `work` runs. */
export async function recordAction(page: Page, work: () => Promise<void>): Promise<RecordedCall> {
  const asked = page.waitForRequest((request) => 'next-action' in request.headers());
  await work();
  const request = await asked;
  const body = request.postDataBuffer();
  if (!body) throw new Error('the action was called without a body');
  const { 'next-action': action = '', 'content-type': type = '', accept = '' } = request.headers();
  return { url: request.url(), headers: { 'next-action': action, 'content-type': type, accept }, body };
}

/** Asks the server for the same as somebody else, past every button; gives the status and the text of the answer. */
export async function replayAs(page: Page, call: RecordedCall): Promise<{ status: number; text: string }> {
  const origin = new URL(call.url).origin;
  const response = await page
    .context()
    .request.post(call.url, { headers: { ...call.headers, origin }, data: call.body, maxRedirects: 0 });
  return { status: response.status(), text: await response.text() };
}
