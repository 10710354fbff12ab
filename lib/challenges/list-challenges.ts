import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { parse } from '@/lib/platform/parse';
import { type ChallengeFigures, challengeFigures } from './challenge-figures';
import { SORTS, type Sort } from './challenge-order';
import { type ChallengeRow, challengeRows } from './challenge-rows';
import { type ChallengeState, challengeState, decideState, expectation } from './challenge-state';
import { type Cursor, decodeCursor, decodeTimeCursor, encodeCursor } from './cursor';
import { zoneOf } from './person-zone';
import { STATES } from './states';
import { titleOrId } from './title-search';
import { visibleTo } from './visible';

const input = z.object({
  /** A part of the title, in any case, or the whole id. */
  search: z.string().trim().max(200, 'use at most 200 characters').optional(),
  state: z.enum(STATES, `use one of ${STATES.join(', ')}`).optional(),
  sort: z.enum(SORTS, `use one of ${SORTS.join(', ')}`).default('next'),
  direction: z.enum(['asc', 'desc'], 'use one of asc, desc').default('asc'),
  cursor: z.string().max(2000).optional(),
  limit: z.number().int().min(1).max(100).default(25),
});

export type ListChallengesInput = z.input<typeof input>;

export interface ListedChallenge extends ChallengeState {
  id: number;
  title: string;
  teamName: string;
  consent: boolean;
  /** All submissions, and those whose artifacts are gone. */
  submissions: number;
  deletedSubmissions: number;
  /** The earliest date at which something could go; what the order by 'next' compares. Null without any. */
  nextDate: Date | null;
  /** What is still there. */
  figures: ChallengeFigures;
}

export interface ChallengePage {
  challenges: ListedChallenge[];
  /** For the next page; null on the last. */
  nextCursor: string | null;
}

/** Rows that are read at once while a state is looked for; large, because each batch reads the table of submissions once. */
const BATCH = 5000;

/**
 * A page of the challenges that the actor may see, in a stable order, with their states in words (days in his zone).
 * Throws 'invalid' for input out of range and for a cursor that is not ours.
 */
export async function listChallenges(ctx: Context, raw: ListChallengesInput): Promise<ChallengePage> {
  const query = parse(input, raw);
  const cursor = query.cursor === undefined ? null : readCursor(query.sort, query.cursor);
  const found = await findRows(ctx, query, cursor);
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    challenges: await describeRows(ctx.db, shown, { now: ctx.clock.now(), zone: zoneOf(ctx.actor) }),
    nextCursor: found.length > query.limit && last ? encodeCursor({ key: last.key, id: last.id }) : null,
  };
}

const readCursor = (sort: Sort, text: string): Cursor =>
  sort === 'next' || sort === 'ended' ? decodeTimeCursor(text) : decodeCursor(text);

/**
 * One row more than the page holds, to know whether there is another page. The state is a function of many facts and not
 * a column, so a filter by it reads on in batches until the page is full.
 */
async function findRows(
  ctx: Context,
  query: z.output<typeof input>,
  cursor: Cursor | null,
): Promise<ChallengeRow[]> {
  const wanted = query.limit + 1;
  const size = query.state ? BATCH : wanted;
  const found: ChallengeRow[] = [];
  let after = cursor;
  for (;;) {
    const batch = await challengeRows(ctx.db, {
      where: sql`${visibleTo(ctx.actor)} and ${titleOrId(query.search)}`,
      sort: query.sort,
      direction: query.direction,
      after,
      limit: size,
      now: ctx.clock.now(),
    });
    found.push(...batch.filter((row) => !query.state || decideState(row.facts) === query.state));
    const last = batch.at(-1);
    if (found.length >= wanted || batch.length < size || !last) return found.slice(0, wanted);
    after = { key: last.key, id: last.id };
  }
}

/** Adds files, bytes and the sentence to rows; days are named in `zone`. */
export async function describeRows(
  db: Queryable,
  rows: ChallengeRow[],
  { now, zone }: { now: Date; zone: string },
): Promise<ListedChallenge[]> {
  const figuresOf = await challengeFigures(
    db,
    rows.map(({ id, facts }) => ({ challengeId: id, goingUntil: expectation(facts, now)?.covers ?? null })),
  );
  return rows.map((row) => {
    const figures = figuresOf(row.id);
    return {
      ...challengeState(row.facts, { now, zone, going: figures.going }),
      id: row.id,
      title: row.title,
      teamName: row.teamName,
      consent: row.facts.consent,
      submissions: row.facts.submissions,
      deletedSubmissions: row.facts.deleted,
      nextDate: row.facts.nextDate,
      figures,
    };
  });
}
