import { invalid } from '@/lib/platform/errors';

/** Where the next page of a listing starts: the sort key and the id of the last row that was shown. */
export interface Cursor {
  /** The value of the sort key as Postgres wrote it (microseconds kept); null where it was NULL. */
  key: string | null;
  id: number;
}

/** The cursor as one opaque word for a URL. */
export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.key, cursor.id])).toString('base64url');
}

/** Throws 'invalid' for what `encodeCursor` did not write. */
export function decodeCursor(text: string): Cursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 2) {
      const [key, id]: unknown[] = value;
      if ((typeof key === 'string' && !key.includes('\0')) || key === null) {
        if (Number.isSafeInteger(id)) return { key, id: id as number };
      }
    }
  } catch {
    // What is no JSON is refused below, like every other word that is not ours.
  }
  throw invalid('This page does not exist: start again from the first one.', { cursor: 'not a cursor' });
}

/** The same for a listing in the order of a time: refuses a key that is no time, before Postgres does. */
export function decodeTimeCursor(text: string): Cursor {
  const cursor = decodeCursor(text);
  if (cursor.key === null || isInstant(cursor.key)) return cursor;
  throw invalid('This page does not exist: start again from the first one.', { cursor: 'not a cursor' });
}

/** A time with microseconds in UTC, as Postgres writes it: '2026-11-21 09:00:00.123456+00'. */
function isInstant(text: string): boolean {
  const [, day = '', time = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?\+00$/.exec(text) ?? [];
  const instant = new Date(`${day}T${time}Z`);
  // JavaScript turns the 31st of February into a day of March, and knows a year 0; Postgres refuses both.
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day) && !day.startsWith('0000');
}
