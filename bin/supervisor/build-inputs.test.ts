import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { fingerprintInputs } from './build-inputs';
import { temporaryFolder } from './temporary-folder';

const inFolder = temporaryFolder();

function write(file: string, content: string): void {
  mkdirSync(path.dirname(inFolder(file)), { recursive: true });
  writeFileSync(inFolder(file), content);
}

beforeEach(() => {
  write('app/page.tsx', 'one');
  write('package-lock.json', '{}');
});

test.each([
  'app/page.tsx',
  'lib/new.ts',
  'package-lock.json',
  'public/logo.svg',
  'proxy.ts',
  'lib/bin/tool.ts',
])('a change of %s asks for a build', (file) => {
  const before = fingerprintInputs(inFolder());
  write(file, 'two');
  expect(fingerprintInputs(inFolder())).not.toBe(before);
});

test.each([
  'app/page.test.tsx',
  'README.md',
  'cli/main.ts',
  'bin/start.mjs',
  'e2e/host.ts',
  'node_modules/next/index.js',
  '.lapse/run.json',
  '.next/BUILD_ID',
  'next-env.d.ts',
  'vitest.config.ts',
  'tsconfig.tsbuildinfo',
])('a change of %s does not', (file) => {
  const before = fingerprintInputs(inFolder());
  write(file, 'two');
  expect(fingerprintInputs(inFolder())).toBe(before);
});

test('dates do not count: a fresh clone has fresh ones', () => {
  const before = fingerprintInputs(inFolder());
  utimesSync(inFolder('app/page.tsx'), new Date(0), new Date(0));
  expect(fingerprintInputs(inFolder())).toBe(before);
});
