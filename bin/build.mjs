#!/usr/bin/env node
import { prepare } from './prepare.mjs';

const root = prepare();
const { registerTypeScript } = await import('./load-typescript.mjs');
await registerTypeScript();
const { main } = await import('./supervisor/build-command.ts');
await main(root);
