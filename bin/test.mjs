/**
 * `npm test`: the static checks, the unit and integration tests, and the browser journeys against the built product.
 * The last line is `N passed, N failed` (and `, N skipped` when there are any), counted from the runners' own reports.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './find-browser.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const reports = mkdtempSync(path.join(os.tmpdir(), 'lapse-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };

try {
  await main();
} finally {
  rmSync(reports, { recursive: true, force: true });
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function main() {
  step('Static checks', () => {
    check('formatting and lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']);
    check('types', 'node_modules/typescript/bin/tsc', ['--noEmit']);
  });
  step('Unit and integration tests', () => {
    const report = path.join(reports, 'vitest.json');
    const status = node('node_modules/vitest/vitest.mjs', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    count(report, status, (json) => ({
      passed: json.numPassedTests,
      failed: json.numFailedTests,
      skipped: json.numPendingTests + json.numTodoTests,
    }));
  });
  const browser = await findBrowser().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    total.failed += 1;
  });
  if (!browser) return;
  step('The product, built', () => check('build', 'bin/build.mjs', []));
  step('Browser journeys', () => {
    const report = path.join(reports, 'playwright.json');
    const status = node('node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json'], {
      LAPSE_BROWSER: browser,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    });
    count(report, status, ({ stats }) => ({
      passed: stats.expected,
      // A journey that passes only when it is tried again is a fault to be found, not a success.
      failed: stats.unexpected + stats.flaky,
      skipped: stats.skipped,
    }));
  });
}

function step(title, work) {
  process.stdout.write(`\n== ${title}\n`);
  work();
}

/** A check counts as one test. */
function check(title, script, args) {
  const passed = node(script, args) === 0;
  total[passed ? 'passed' : 'failed'] += 1;
  process.stdout.write(`${passed ? 'ok' : 'FAILED'}: ${title}\n`);
}

function node(script, args, env = {}) {
  const result = spawnSync(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
  });
  return result.status ?? 1;
}

/** Adds up a runner's report. A runner that fails without a failed test, or without a report, is a failure itself. */
function count(file, status, read) {
  let counts;
  try {
    counts = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    counts = { passed: 0, failed: 0, skipped: 0 };
    status ||= 1;
  }
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  for (const name of Object.keys(total)) total[name] += counts[name];
}
