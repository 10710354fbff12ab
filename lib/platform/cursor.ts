import { z } from 'zod';
import { invalid } from './errors';

/** Postgres has no year 0. */
const instant = z.iso.datetime({ offset: true, precision: 6 }).refine((text) => !text.startsWith('0000'));
const shape = z.tuple([instant, z.uuid()]);

export interface TimeCursor {
  /** An instant as text with microseconds, because a Date would cut them and a page would lose or repeat rows (O6). */
  at: string;
  id: string;
}

/** A place in a listing ordered by (instant, id), as one word for URLs. */
export function encodeCursor({ at, id }: TimeCursor): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** Reads what encodeCursor wrote; throws 'invalid' for anything else. */
export function decodeCursor(text: string): TimeCursor {
  try {
    const [at, id] = shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { at, id };
  } catch {
    throw invalid('This page of the list cannot be found: begin at the first one.', {
      cursor: 'use the cursor of the page before',
    });
  }
}
