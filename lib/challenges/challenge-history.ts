import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { sayActor } from '@/lib/people/say-actor';
import { decodeCursor, encodeCursor } from '@/lib/platform/cursor';
import { invalid } from '@/lib/platform/errors';
import { idField, wholeNumber } from '@/lib/platform/fields';
import { parse } from '@/lib/platform/parse';
import { type HistoryFact, historyFact } from './history-facts';
import { HISTORY_SOURCES, type HistoryPlace, type HistorySource, historyEntries } from './history-sources';
import { requireVisible } from './visible';

const input = z.strictObject({
  challengeId: idField,
  /** `nextCursor` of the page before. */
  cursor: z.string().max(500).optional(),
  limit: wholeNumber(1, 100, 'number').default(15),
});

export interface HistoryEntry {
  /** Of its own in the history: one thing can have several entries. */
  key: string;
  at: Date;
  /** Who did it, in words; null for what happens by itself, and for hosts unless it was a consent. */
  by: string | null;
  fact: HistoryFact;
}

/**
 * What has happened to a challenge, newest first: consent, holds, retention periods, phases, postponements, notices, and
 * cleanups that deleted something of it. Everybody who may see the challenge sees it; matters and reasons of holds, and who
 * of the staff did what, are for admins and auditors. Throws 'not_found', and 'invalid' for a cursor that is none.
 */
export async function challengeHistory(
  ctx: Context,
  args: z.input<typeof input>,
): Promise<{ entries: HistoryEntry[]; nextCursor: string | null }> {
  const { challengeId, cursor, limit } = parse(input, args);
  await requireVisible(ctx, challengeId);
  const seesAll = can(ctx.actor, 'challenges.read-all');
  const readsHolds = can(ctx.actor, 'holds.read');
  const before = cursor === undefined ? null : decodePlace(cursor);
  const rows = await ctx.db.execute<Row>(historyEntries({ challengeId, before, limit: limit + 1, seesAll }));
  const page = rows.slice(0, limit);
  const named = await namesOf(ctx, page);
  const last = page.at(-1);
  return {
    entries: page.map((row) => ({
      key: `${row.source}-${row.id}`,
      at: new Date(row.at),
      by: seesAll || row.source === 'consent' ? whoDid(row) : null,
      fact: historyFact(row.source, row.id, row.details, { readsHolds, seesAll, named: named.get(row.id) }),
    })),
    nextCursor: rows.length > page.length && last ? encodePlace(last) : null,
  };
}

interface Row extends Record<string, unknown> {
  id: string;
  source: HistorySource;
  by_name: string | null;
  by_actor: unknown;
  details: unknown;
  at: string;
  cursor_at: string;
}

const whoDid = (row: Row): string | null =>
  row.by_name ?? (row.by_actor === null ? null : sayActor(row.by_actor));

/** How much each notice of the page named; only for the page, because a notice can name all there is. */
async function namesOf(
  ctx: Context,
  page: readonly Row[],
): Promise<ReadonlyMap<string, { submissions: number; from: string | null }>> {
  const ids = page.filter(({ source }) => source === 'notice').map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await ctx.db.execute<{ id: string; submissions: number; from: string | null }>(sql`
    select notice_id as id, count(*)::int as submissions, min(announced_date)::text as "from"
    from notice_items where notice_id = any(${`{${ids.join(',')}}`}::uuid[]) group by notice_id`);
  return new Map(rows.map(({ id, ...named }) => [id, named]));
}

/** A word for URLs: the source, and the place among its entries. */
const encodePlace = (row: Row): string => `${row.source}.${encodeCursor({ at: row.cursor_at, id: row.id })}`;

function decodePlace(text: string): HistoryPlace {
  const [name, place = ''] = text.split('.', 2);
  const source = HISTORY_SOURCES.find((known) => known === name);
  if (!source) {
    throw invalid('This page of the history cannot be found: begin at the first one.', {
      cursor: 'use the cursor of the page before',
    });
  }
  return { source, ...decodeCursor(place) };
}
