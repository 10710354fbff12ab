/** `node bin/run-typescript.mjs SOURCE ARGUMENTS...` runs a module of ours in a process of its own, for tests. */
import { loadTypeScript } from './load-typescript.mjs';

const [source] = process.argv.splice(2, 1);
await loadTypeScript(source);
