#!/usr/bin/env node
import { prepare } from './prepare.mjs';

const root = await prepare();
const { main } = await import('./supervisor/main.ts');
await main(root, process.argv.slice(2));
