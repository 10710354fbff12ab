import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { type EventFilterInput, eventFilter } from '../event-filter';
import type { AuditEventRow } from '../event-row';
import { mayReadLog } from '../may-read-log';
import type { Place } from './place';
import { searchEvents } from './search-events';

const BATCH = 1000;

/**
 * All events that a filter lets through, of all tiers, the newest first, in batches of at most 1,000; memory stays flat, and
 * nothing is held between two batches. For exports: it throws 'unavailable' when an archive cannot be read, rather than leave
 * anything out. Throws 'forbidden' (which leaves an event) and 'invalid' with the first batch.
 */
export async function* auditEventRows(
  ctx: Context,
  args: EventFilterInput = {},
): AsyncGenerator<AuditEventRow[]> {
  const filter = parse(eventFilter, args);
  await mayReadLog(ctx);
  let after: Place | null = null;
  do {
    const { events, next }: { events: AuditEventRow[]; next: Place | null } = await searchEvents(
      ctx,
      filter,
      {
        limit: BATCH,
        after,
        limits: null,
      },
    );
    if (events.length > 0) yield events;
    after = next;
  } while (after);
}
