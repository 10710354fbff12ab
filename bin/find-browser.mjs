import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'microsoft-edge',
];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/**
 * The path of a Chromium for the browser tests: LAPSE_BROWSER, else one that is installed, else Playwright's own
 * download, else Debian's package when this user may install it. Throws an Error that says what to install.
 */
export async function findBrowser() {
  const named = process.env.LAPSE_BROWSER;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`LAPSE_BROWSER=${named} is not a program that can be run.`);
  }
  return installed() ?? (await playwrightsOwn()) ?? installFromDebian() ?? fail();
}

function installed() {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const candidates = [...NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))), ...MAC];
  return candidates.find(isExecutable);
}

async function playwrightsOwn() {
  const { chromium } = await import('@playwright/test');
  const file = chromium.executablePath();
  return file && isExecutable(file) ? file : undefined;
}

function installFromDebian() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  try {
    execFileSync('apt-get', ['--version'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  process.stderr.write('No Chromium was found: installing the package chromium.\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    });
  } catch {
    return undefined;
  }
  return installed();
}

function fail() {
  throw new Error(
    'The browser tests need Chromium, and none was found. Install it (Debian, Ubuntu: `sudo apt-get install chromium`; ' +
      'elsewhere: `npx playwright install chromium`, or Google Chrome), or set LAPSE_BROWSER to its path.',
  );
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
