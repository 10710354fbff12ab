import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defineConfig } from '@playwright/test';

const port = Number(process.env.LAPSE_E2E_PORT ?? 3117);
const baseURL = `http://127.0.0.1:${port}`;
const asRoot = process.getuid?.() === 0;
const outputDir = path.join(import.meta.dirname, 'test-results');

// This file is loaded in the process that starts the product and in each worker: all of them use the folder of the first.
const dataDir = process.env.LAPSE_E2E_DATA_DIR ?? makeDataDir();
process.env.LAPSE_E2E_DATA_DIR = dataDir;

/** The journeys run against the real start: embedded Postgres, the demo scenario, the built app and the job runner. */
export default defineConfig({
  testDir: './e2e',
  outputDir,
  // One product with one demo: journeys that change things must not meet (e2e/demo.ts says which challenge is whose).
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL,
    // Recording every step takes a sixth of the time; `--trace=on` records a journey that failed. What it saw last is kept anyway.
    trace: 'off',
    screenshot: 'only-on-failure',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      ...(process.env.LAPSE_BROWSER ? { executablePath: process.env.LAPSE_BROWSER } : {}),
      chromiumSandbox: !asRoot,
      args: [
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    },
  },
  webServer: {
    command: 'node bin/start.mjs',
    url: `${baseURL}/api/health`,
    timeout: 180_000,
    stdout: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    // Public mode is on, under the period of the demo's own past: so what the demo shows as due is due.
    env: {
      LAPSE_DATA_DIR: dataDir,
      PORT: String(port),
      NODE_ENV: '',
      NEXTAUTH_URL: '',
      PUBLIC_MODE: '1',
      PUBLIC_DATA_RETENTION_DAYS: '7',
    },
  },
});

/** A folder with a space in its name, as the folders of many people have. It goes when everything has ended. */
function makeDataDir(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lapse e2e '));
  // As root the database runs as another user, who must be able to pass through.
  if (asRoot) chmodSync(folder, 0o711);
  process.on('exit', () => {
    // What the product said is worth reading when a journey failed.
    if (process.exitCode) copyLogs(folder);
    const remove = (place: string) =>
      rmSync(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    const elsewhere = path.join(folder, 'postgres.location');
    if (existsSync(elsewhere)) remove(path.dirname(readFileSync(elsewhere, 'utf8').trim()));
    remove(folder);
  });
  return folder;
}

function copyLogs(folder: string): void {
  const logs = path.join(folder, 'logs');
  if (existsSync(logs)) cpSync(logs, path.join(outputDir, 'logs'), { recursive: true });
}
