import { z } from 'zod';
import { invalid } from '@/lib/platform/errors';
import { platformId } from './record-fields';

/** A place in a list of transcripts: the oldest first, and last those of which nobody knows when they were made. */
export interface TranscriptPlace {
  /** With microseconds, which a Date would cut; null: not known. */
  createdAt: string | null;
  id: string;
}

const shape = z.tuple([z.iso.datetime({ precision: 6 }).nullable(), platformId]);

export const encodePlace = ({ createdAt, id }: TranscriptPlace): string =>
  Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');

/** Reads what encodePlace wrote; throws 'invalid' for anything else. */
export function decodePlace(text: string): TranscriptPlace {
  try {
    const [createdAt, id] = shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { createdAt, id };
  } catch {
    throw invalid('This page of the list cannot be found: begin at the first one.', {
      cursor: 'use the cursor of the page before',
    });
  }
}
