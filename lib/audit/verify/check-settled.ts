import type { Queryable } from '@/db/client';
import { segmentsFrom, type WindowSegments } from './check-segment';
import { type CheckedWindow, checkWindow, type Lawful } from './check-window';

/** What the statements allow to be gone, as far as they have been read. */
export interface LawSoFar {
  readonly lawful: Lawful;
  /** Reads what was signed since then; whether there was anything. */
  renew(): Promise<boolean>;
}

/** A log that changes so often within a window shows what it shows. */
const MOST_LOOKS = 5;

/**
 * Compares the events of a window with its segments. The log goes on while it is verified: what looks wrong is looked at again
 * by what is on record then, until nothing was signed meanwhile, as before everything that is lawfully pruned, cut, or sealed late.
 */
export async function checkSettled(
  db: Queryable,
  found: WindowSegments,
  law: LawSoFar,
): Promise<CheckedWindow> {
  const window = { start: found[0].windowStart, end: found[0].windowEnd };
  let checked = await checkWindow(db, window, found, law.lawful);
  for (let look = 2; checked.problems.length > 0 && look <= MOST_LOOKS; look += 1) {
    const isNew = await law.renew();
    // The segments may have been read long before the law was.
    if (look > 2 && !isNew) break;
    for await (const segments of segmentsFrom(db, window.start)) {
      if (segments[0].windowEnd === window.end) checked = await checkWindow(db, window, segments, law.lawful);
    }
  }
  return checked;
}
