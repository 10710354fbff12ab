#!/usr/bin/env node
import { prepare } from './prepare.mjs';

const root = prepare();
const { loadTypeScript } = await import('./load-typescript.mjs');
const { joinRunningLapse } = await loadTypeScript('bin/supervisor/join-running.ts');
joinRunningLapse(root);
await loadTypeScript('cli/main.ts');
