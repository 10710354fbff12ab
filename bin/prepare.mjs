import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What each of our commands needs before it can load TypeScript: a Node that is new enough, the packages, and the
 * operator's `.env`. Ends the process with a plain message when something is missing. Returns the checkout's folder.
 * Plain JavaScript in the form that old versions of Node can still read.
 */
export function prepare() {
  const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(`Lapse needs Node 20.19 or newer; this is ${process.version}. See https://nodejs.org.`);
  }
  if (!existsSync(path.join(root, 'node_modules', 'tsx', 'package.json'))) {
    stop(`The packages are not installed. Run this first:\n  cd '${root}' && npm ci`);
  }
  const file = path.join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return root;
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
