import pino from 'pino';
import type { Context } from '@/lib/people/context';
import { cliContext } from '@/lib/services';

/** The services and the actor of a command. What is logged goes to standard error: standard output is for the result. */
export function commandContext(): Context {
  return { ...cliContext(), log: pino({ level: process.env.LOG_LEVEL ?? 'error' }, pino.destination(2)) };
}
