import type { Command } from 'commander';
import { LapseError } from '@/lib/platform/errors';
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes';

/** A failure in one plain sentence, and the exit code that goes with it. `command` is what was run, where it is known. */
export function explain(error: unknown, command?: Command): { message: string; code: ExitCode } {
  if (error instanceof LapseError) {
    return { message: namingOptions(error, command), code: exitCodeOf(error.code) };
  }
  const cause = rootCause(error);
  const code = errorCode(cause);
  if (code !== undefined && NO_DATABASE.has(code)) {
    return {
      message: `The database cannot be reached (${code}). Is Lapse running, and is DATABASE_URL right?`,
      code: EXIT.failure,
    };
  }
  if (code === '42P01') {
    return {
      message: 'The database has no tables of Lapse yet. Start Lapse once, which applies the migrations.',
      code: EXIT.failure,
    };
  }
  return { message: cause instanceof Error ? cause.message : String(cause), code: EXIT.failure };
}

/** What is wrong with a field, by the option that it was given with. */
function namingOptions({ message, fields = {} }: LapseError, command: Command | undefined): string {
  return Object.keys(fields).reduce((words, field) => {
    const name = field.split('.').at(-1);
    const option = command?.options.find((each) => each.attributeName() === name);
    return option?.long ? words.replace(`${field}: `, `${option.long}: `) : words;
  }, message);
}

const NO_DATABASE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  // Postgres: starting up or shutting down, too many connections, wrong password, no such database.
  '57P01',
  '57P03',
  '53300',
  '28P01',
  '28000',
  '3D000',
]);

/** Drizzle wraps what the driver threw in the statement, which is of no use to the person at the shell. */
function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors[0];
  return cause;
}

function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
