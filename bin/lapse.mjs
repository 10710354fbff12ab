#!/usr/bin/env node
import { prepare } from './prepare.mjs';

const root = await prepare();
const { joinRunningLapse } = await import('./supervisor/join-running.ts');
joinRunningLapse(root);
await import('../cli/main.ts');
