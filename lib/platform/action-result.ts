import { LapseError } from './errors';

/** What a server action answers: failures that a person can mend are values, all others are thrown. */
export type ActionResult<T> =
  | { ok: true; value: T }
  | { ok: false; message: string; fields: Record<string, string> };

export async function actionResult<T>(work: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof LapseError)) throw error;
    return { ok: false, message: error.message, fields: error.fields ?? {} };
  }
}
