import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Folders that are no part of the served app. Everything else in the checkout that looks like source is. */
const OTHER_FOLDERS = new Set([
  'node_modules',
  'bench',
  'bin',
  'cli',
  'docs',
  'e2e',
  'coverage',
  'test-results',
]);
const OTHER_FILES =
  /(\.test\.tsx?|\.md|\.tsbuildinfo|^next-env\.d\.ts|^(biome|vitest|playwright|drizzle)\b.*)$/;

/**
 * A fingerprint of all that the built app depends on: the sources by content (a fresh clone has fresh dates), the
 * versions, the public environment, and the place, since a build holds absolute paths.
 */
export function fingerprintInputs(root: string): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([root, process.version, process.platform, process.arch]));
  const open = Object.entries(process.env).filter(([name]) => name.startsWith('NEXT_PUBLIC_'));
  hash.update(JSON.stringify(open.sort()));
  for (const file of sources(root)) {
    hash.update(`\0${file}\0`);
    hash.update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

function sources(root: string, folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      if (entry.name.startsWith('.')) return [];
      if (entry.isDirectory()) return !folder && OTHER_FOLDERS.has(entry.name) ? [] : sources(root, file);
      return entry.isFile() && !OTHER_FILES.test(entry.name) ? [file] : [];
    });
}
