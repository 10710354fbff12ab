/**
 * How long a running product takes to answer each page, to its last byte, for somebody who is signed in: the median and the
 * slowest of 20 after 3 that do not count, one at a time. It starts nothing and changes nothing but the audit log, where
 * it leaves its signing in.
 *
 *   npx tsx bench/pages.ts [--url http://localhost:3000] [--user name:password ...] [--limit 100]
 *
 * Without --user it signs in as the first admin and the first host of the demo. It ends with 1 when a median is above the
 * limit, in milliseconds.
 */

import { parseArgs } from 'node:util';
import { DEMO_PEOPLE, type DemoPerson, demoPassword } from '@/db/seed/demo/people';

const WARM_UP = 3;
const TIMES = 20;
const LISTS = [
  '/',
  '/challenges',
  '/challenges?state=kept',
  '/consent-history',
  '/holds',
  '/notices',
  '/cleanup',
  '/cleanup/plans',
  '/cleanup/runs',
  '/jobs',
  '/people',
  '/audit-log',
];
/** Of each of these, the first that a list links to. */
const DETAILS = [
  /\/challenges\/\d+(?=")/,
  /\/challenges\/\d+\/submissions\/\d+/,
  /\/consent-history\/[0-9a-f-]{36}/,
  /\/cleanup\/plans\/[0-9a-f-]{36}/,
  /\/cleanup\/runs\/[0-9a-f-]{36}/,
  /\/jobs\/runs\/[0-9a-f-]{36}/,
  /\/audit-log\/[0-9a-f-]{36}/,
];

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:3000' },
    user: { type: 'string', multiple: true },
    limit: { type: 'string', default: '100' },
  },
});
const base = values.url.replace(/\/$/, '');
const limit = Number(values.limit);

/** The cookies of a session, as a header. Throws when the product does not let the person in. */
async function signIn(username: string, password: string): Promise<string> {
  const asked = await fetch(`${base}/api/auth/csrf`);
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  const answer = await fetch(`${base}/api/auth/callback/credentials`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookiesOf(asked) },
    body: new URLSearchParams({ csrfToken, username, password, json: 'true' }),
  });
  await answer.arrayBuffer();
  const session = cookiesOf(answer);
  if (!session.includes('session-token'))
    throw new Error(`${username} was not let in: status ${answer.status}`);
  return session;
}

const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

interface Answer {
  status: number;
  body: string;
  milliseconds: number;
}

async function get(path: string, cookie: string): Promise<Answer> {
  const begun = performance.now();
  const answer = await fetch(`${base}${path}`, { redirect: 'manual', headers: { cookie } });
  const body = await answer.text();
  return { status: answer.status, body, milliseconds: performance.now() - begun };
}

/** The lists that the person may see, and what they link to, which may link to more. */
async function pagesFor(cookie: string): Promise<string[]> {
  const pages: string[] = [];
  let links = '';
  for (const path of LISTS) {
    const { status, body } = await get(path, cookie);
    if (status !== 200) continue;
    pages.push(path);
    links += body;
  }
  for (const detail of DETAILS) {
    const path = detail.exec(links)?.[0];
    if (!path) continue;
    const { status, body } = await get(path, cookie);
    if (status !== 200) continue;
    pages.push(path);
    links += body;
  }
  return pages;
}

async function measure(path: string, cookie: string): Promise<{ median: number; slowest: number }> {
  const times: number[] = [];
  for (let round = -WARM_UP; round < TIMES; round++) {
    const { status, milliseconds } = await get(path, cookie);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    if (round >= 0) times.push(milliseconds);
  }
  times.sort((a, b) => a - b);
  const at = (index: number) => times[index] ?? Number.NaN;
  return { median: (at(TIMES / 2 - 1) + at(TIMES / 2)) / 2, slowest: at(TIMES - 1) };
}

function accounts(): { username: string; password: string }[] {
  if (values.user) {
    return values.user.map((text) => {
      const [username = '', ...rest] = text.split(':');
      return { username, password: rest.join(':') };
    });
  }
  const people: readonly DemoPerson[] = DEMO_PEOPLE;
  return (['admin', 'host'] as const).flatMap((role) => {
    const person = people.find((one) => one.role === role && one.disabledDaysAgo === undefined);
    return person ? [{ username: person.username, password: demoPassword(person.username) }] : [];
  });
}

let tooSlow = 0;
for (const { username, password } of accounts()) {
  const cookie = await signIn(username, password);
  console.log(`\n${username.padEnd(60)} median    slowest`);
  for (const path of await pagesFor(cookie)) {
    const { median, slowest } = await measure(path, cookie);
    const mark = median > limit ? `   above ${limit} ms` : '';
    if (median > limit) tooSlow += 1;
    console.log(
      `  ${path.padEnd(56)} ${median.toFixed(0).padStart(6)} ms  ${slowest.toFixed(0).padStart(6)} ms${mark}`,
    );
  }
}
process.exitCode = tooSlow > 0 ? 1 : 0;
