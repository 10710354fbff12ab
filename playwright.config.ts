import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defineConfig } from '@playwright/test';

const port = Number(process.env.LAPSE_E2E_PORT ?? 3117);
const baseURL = `http://127.0.0.1:${port}`;

// Workers and the server must agree on the folder, and this file is loaded once in each of them.
process.env.LAPSE_E2E_DATA_DIR ??= mkdtempSync(path.join(os.tmpdir(), 'lapse e2e '));
const asRoot = process.getuid?.() === 0;

/** The journeys run against the real start: embedded Postgres, the demo scenario, the built app and the job runner. */
export default defineConfig({
  testDir: './e2e',
  outputDir: './test-results',
  globalTeardown: './e2e/remove-data.ts',
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
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
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
    env: { LAPSE_DATA_DIR: process.env.LAPSE_E2E_DATA_DIR, PORT: String(port), NODE_ENV: '' },
  },
});
