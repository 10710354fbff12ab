#!/usr/bin/env node
import { prepare } from './prepare.mjs';

const root = await prepare();
const { main } = await import('./supervisor/build-command.ts');
await main(root);
