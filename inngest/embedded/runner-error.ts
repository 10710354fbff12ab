import type { RunnerError } from '@/db/schema/runner';

/** An error as the app sent it, whatever it sent, in the form that the SDK reads again. */
export function toRunnerError(error: unknown): RunnerError {
  if (error instanceof Error) return { name: error.name, message: error.message };
  if (typeof error !== 'object' || error === null) return { name: 'Error', message: String(error) };
  const fields = error as Record<string, unknown>;
  return {
    ...fields,
    name: typeof fields.name === 'string' ? fields.name : 'Error',
    message: typeof fields.message === 'string' ? fields.message : JSON.stringify(error),
  };
}
