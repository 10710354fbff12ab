import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root: string;
const cache = () => path.join(root, 'node_modules/.cache');
const write = (name: string, text: string) => writeFile(path.join(root, name), text);

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'lapse load '));
  await mkdir(path.join(root, 'node_modules'));
  await write('node_modules/.package-lock.json', '{}');
  await write('package.json', '{ "type": "module" }');
  await write('tsconfig.json', '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }');
  await write('greeting.ts', "export const greeting: string = 'hello';");
  await write(
    'command.ts',
    "import { greeting } from '@/greeting';\nexport const say = (): string => greeting;",
  );
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** What the command says in a process of its own. */
async function load(): Promise<string> {
  const loader = pathToFileURL(path.join(import.meta.dirname, 'load-typescript.mjs')).href;
  const script = `import { loadTypeScript } from ${JSON.stringify(loader)};
    const { say } = await loadTypeScript('command.ts', ${JSON.stringify(root)});
    console.log(say());`;
  const args = ['--input-type=module', '--eval', script];
  return (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout.trim();
}

test('a command is kept as one file, and made anew when a source of it has changed', async () => {
  expect(await load()).toBe('hello');
  const file = path.join(cache(), 'lapse/command.mjs');
  expect(await readdir(path.dirname(file))).toEqual(['command.mjs', 'command.mjs.map']);
  await writeFile(file, (await readFile(file, 'utf8')).replace('hello', 'kept'));
  expect(await load()).toBe('kept');
  await write('greeting.ts', "export const greeting: string = 'good evening';");
  expect(await load()).toBe('good evening');
});

test('where nothing can be kept, a command runs all the same', async () => {
  await writeFile(cache(), 'no folder');
  expect(await load()).toBe('hello');
});

test('a source that cannot be read is said with its place', async () => {
  await write('greeting.ts', 'export const = 1;');
  await expect(load()).rejects.toThrow(/greeting\.ts:1:13/);
});
