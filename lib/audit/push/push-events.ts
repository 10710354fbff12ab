import { z } from 'zod';
import type { StoredLimits } from '@/db/schema/audit-archive';
import { can } from '@/lib/people/access';
import { actorKey } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { forbidden } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { cleanAfterAppend } from '../limits/clean-after-append';
import { sayTooLarge } from '../limits/stream-limits';
import { audited } from '../record';
import { pushedStreamName } from '../streams';
import { ensureStream } from './ensure-stream';
import { MAX_EVENTS } from './event-texts';
import { type PushedRow, type ReadEvent, readPushedEvent } from './pushed-event';
import { type StoredAs, storeEvents } from './store-events';

/** Events of one transaction: locks are short, and a batch that breaks off has kept what came before. */
const CHUNK = 500;

const input = z.strictObject({
  stream: pushedStreamName,
  /** Each event as its JSON text, since what cannot be kept exactly is seen only there. */
  events: z
    .array(z.string())
    .min(1, 'give one event or more')
    .max(MAX_EVENTS, `give at most ${MAX_EVENTS} events`),
});

/** What came of one event; `index` counts from 0 in the order of the request. */
export type PushedResult =
  | { index: number; outcome: 'stored' | 'duplicate'; id: string }
  | { index: number; outcome: 'conflict'; id: string; why: string }
  | { index: number; outcome: 'invalid'; why: string };

export interface Pushed {
  stream: string;
  stored: number;
  /** The same events as are in the log already, which stay as they are. */
  duplicates: number;
  /** Neither stored before nor now. */
  refused: number;
  results: PushedResult[];
}

/**
 * Writes events of another program into its stream (O2), each once however often it is sent: an event that is wrong is
 * refused by itself, and the others are stored. The request is one audit event of ours. For admins, and for tokens that
 * may. In a stream with limits, what is larger than they could keep is refused (M3), and an append beyond the threshold is
 * followed by a cleanup at once (M2). Throws 'invalid', 'forbidden', 'conflict' (no more streams) and 'unavailable'; what was stored until then stays, and
 * all of it can be sent again.
 */
export async function pushEvents(ctx: Context, args: z.input<typeof input>): Promise<Pushed> {
  const { stream, events } = parse(input, args);
  return audited(ctx, { action: 'audit-events.push', target: `stream:${stream}` }, async (event) => {
    if (!can(ctx.actor, 'audit-events.write')) {
      throw forbidden('Only admins, and tokens with the scope audit-events:write, push audit events.');
    }
    const pushed: Pushed = { stream, stored: 0, duplicates: 0, refused: 0, results: [] };
    const push = chunkPusher(ctx, pushed);
    for (let from = 0; from < events.length; from += CHUNK) {
      await push(events.slice(from, from + CHUNK), from);
      const { stored, duplicates, refused } = pushed;
      event.note({ newValue: { received: events.length, stored, duplicates, refused } });
    }
    return pushed;
  });
}

function chunkPusher(ctx: Context, pushed: Pushed) {
  const { stream } = pushed;
  let isStreamThere = false;
  return async (texts: readonly string[], from: number): Promise<void> => {
    const now = ctx.clock.now();
    const read = texts.map((text) => readPushedEvent(text, { stream, now, pushedBy: actorKey(ctx.actor) }));
    const rows = read.flatMap((each) => ('row' in each ? [each.row] : []));
    if (rows.length > 0 && !isStreamThere) {
      await ensureStream(ctx, stream);
      isStreamThere = true;
    }
    const { outcomes, limits } = await storeEvents(ctx.db, { stream, clock: ctx.clock, rows });
    const stored = outcomes.values();
    for (const [place, each] of read.entries()) {
      const result = resultOf(from + place, each, () => stored.next().value ?? 'conflict', limits);
      pushed.results.push(result);
      if (result.outcome === 'stored') pushed.stored += 1;
      else if (result.outcome === 'duplicate') pushed.duplicates += 1;
      else pushed.refused += 1;
    }
    if (limits && outcomes.includes('stored')) await cleanAfterAppend(ctx, stream, limits);
  };
}

function resultOf(
  index: number,
  read: ReadEvent,
  storedAs: () => StoredAs,
  limits: StoredLimits | null,
): PushedResult {
  if ('why' in read) return { index, outcome: 'invalid', why: read.why };
  const { id }: PushedRow = read.row;
  const outcome = storedAs();
  if (typeof outcome === 'object') {
    const why = limits ? sayTooLarge(outcome.bytes, limits) : 'it is larger than the stream may keep';
    return { index, outcome: 'invalid', why };
  }
  if (outcome !== 'conflict') return { index, outcome, id };
  return {
    index,
    outcome,
    id,
    why: 'its id is that of another event, which stays as it is: give each event its own',
  };
}
