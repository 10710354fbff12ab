import 'server-only';
import { LapseError } from '@/lib/platform/errors';

export interface AskedWhy<T> {
  why: T;
  /** The day of the answer, as it stands in the address; undefined: now. */
  day: string | undefined;
  /** Why the day in the address was not taken; the answer is then that of now. */
  refused: string | null;
}

/** Asks for the day in the address; one that is none, or lies out of range, is said to be, and the answer is that of now. */
export async function askWhy<T>(
  day: string | undefined,
  ask: (at: { at?: string }) => Promise<T>,
): Promise<AskedWhy<T>> {
  try {
    return { why: await ask(day === undefined ? {} : { at: day }), day, refused: null };
  } catch (error) {
    if (!(error instanceof LapseError) || !error.fields?.at) throw error;
    return { why: await ask({}), day: undefined, refused: error.message };
  }
}
