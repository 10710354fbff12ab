import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { LapseError } from '@/lib/platform/errors';
import { one, type SearchParams } from '../data-table/table-url';

interface Place {
  createdAt: Date;
  id: string;
}

/** A place in the list of runs as one word of the address. */
export const runPlace = ({ createdAt, id }: Place): string =>
  encodeCursor({ at: createdAt.toISOString().replace('Z', '000Z'), id });

/** The place that the address names; one that cannot be read is the beginning. */
export function readRunPlace(params: SearchParams): Place | undefined {
  const text = one(params.after);
  if (text === undefined) return undefined;
  try {
    const { at, id } = decodeCursor(text);
    return { createdAt: new Date(at), id };
  } catch (error) {
    if (error instanceof LapseError) return undefined;
    throw error;
  }
}
