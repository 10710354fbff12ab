import type { z } from 'zod';
import type { Transaction } from '@/db/client';
import { audited } from '@/lib/audit/record';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { forbidden, invalid, LapseError } from '@/lib/platform/errors';
import { parse } from '@/lib/platform/parse';
import { sayLacking } from '@/lib/tokens/lacking-permission';
import { changeParts } from './change-parts';
import {
  MAX_RECORDS,
  type Outcome,
  type Received,
  type ReceivedAt,
  type ReceivedItem,
  type RecordKind,
  type Refused,
  refusedAs,
  type Stored,
} from './received';
import type { OwnerColumn } from './replace-files';
import { writtenAgain } from './written-again';

interface Receiving<R extends { id: string }> {
  kind: RecordKind;
  schema: z.ZodType<R>;
  /** Stores records with different ids, in the transaction of the request. */
  store: (tx: Transaction, records: readonly R[], at: ReceivedAt) => Promise<Stored>;
  /** By which their files are found; left out where they have none. */
  ownerColumn?: OwnerColumn;
  /** How many files a record names; left out where they have none. */
  filesIn?: (record: R) => number;
}

/** All are written in one transaction, which the cleanup waits for. */
const MAX_FILES = 20_000;

/**
 * Takes 1 to MAX_RECORDS records of the platform: one that is wrong is refused by itself, and the others are stored, all of
 * them or none. The request is one audit event, which says how many there were, which are new, and of the others what has changed
 * of what decides over them; what is too much for it stands in further ones. For admins, and for tokens that may. Throws
 * 'invalid' and 'forbidden'.
 */
export async function receiveRecords<R extends { id: string }>(
  ctx: Context,
  { kind, schema, store, ownerColumn, filesIn = () => 0 }: Receiving<R>,
  records: readonly unknown[],
): Promise<Received> {
  const subject = { action: 'anonymous-data.receive', target: `anonymous-data:${kind}` } as const;
  return audited(ctx, subject, async (event) => {
    if (!can(ctx.actor, 'anonymous-data.write')) {
      const words = 'Only admins, and tokens with the scope anonymous-data:write, send anonymous data.';
      throw forbidden(sayLacking(ctx.actor, 'anonymous-data.write', words));
    }
    if (records.length === 0 || records.length > MAX_RECORDS) {
      throw invalid(`${records.length} records are not allowed: send 1 to ${MAX_RECORDS} at once.`);
    }
    const read = readEach(schema, records);
    const good = read.flatMap((each) => ('record' in each ? [each.record] : []));
    const files = good.reduce((sum, record) => sum + filesIn(record), 0);
    if (files > MAX_FILES) {
      throw invalid(`${files} files are not allowed: send records with ${MAX_FILES} at the most at once.`);
    }
    const ids = good.map(({ id }) => id);
    const again = ownerColumn && ids.length > 0 ? await writtenAgain(ctx, ownerColumn, ids) : NONE;
    return ctx.db.transaction(async (tx) => {
      const at = { now: ctx.clock.now(), writtenAgain: again };
      const { outcomes, changes } = good.length > 0 ? await store(tx, good, at) : NOTHING;
      const received = countEach(read.map((each, index) => itemOf(each, index, outcomes)));
      const { items, ...counts } = received;
      const createdIds = items.flatMap(({ id, outcome }) => (outcome === 'created' && id ? [id] : []));
      const [first, ...more] = changeParts(createdIds, changes);
      const parts = more.length > 0 && { part: 1, parts: more.length + 1 };
      await event.succeed(tx, { newValue: { received: items.length, ...counts, ...parts, ...first } });
      for (const [index, said] of more.entries()) {
        const part = { part: index + 2, parts: more.length + 1 };
        await audited({ ...ctx, db: tx }, subject, (further) =>
          further.succeed(tx, { newValue: { ...part, ...said } }),
        );
      }
      return received;
    });
  });
}

const NONE: ReadonlySet<string> = new Set();
const NOTHING: Stored = { outcomes: new Map(), changes: [] };

type ReadRecord<R> = { record: R } | { id: string | null; refused: Refused };

function readEach<R extends { id: string }>(
  schema: z.ZodType<R>,
  records: readonly unknown[],
): ReadRecord<R>[] {
  const read = records.map((given) => readOne(schema, given));
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const each of read) {
    const id = 'record' in each ? each.record.id : each.id;
    if (id !== null) (seen.has(id) ? twice : seen).add(id);
  }
  // One of two may be the one that gives an owner, also one that is wrong: neither is stored without the other.
  return read.map((each) =>
    'record' in each && twice.has(each.record.id)
      ? { id: each.record.id, refused: refusedAs('invalid', { id: TWICE }) }
      : each,
  );
}

const TWICE = 'the id stands twice in this request: send each record once';

function readOne<R>(schema: z.ZodType<R>, given: unknown): ReadRecord<R> {
  try {
    return { record: parse(schema, given) };
  } catch (error) {
    if (!(error instanceof LapseError) || error.code !== 'invalid') throw error;
    return { id: idOf(given), refused: refusedAs('invalid', error.fields ?? { input: error.message }) };
  }
}

/** So that whoever sent it finds it again. */
function idOf(given: unknown): string | null {
  const id = typeof given === 'object' && given !== null && 'id' in given ? given.id : null;
  return typeof id === 'string' ? id.slice(0, 200) : null;
}

function itemOf<R extends { id: string }>(
  read: ReadRecord<R>,
  index: number,
  stored: ReadonlyMap<string, Outcome>,
): ReceivedItem {
  if ('refused' in read) return { index, id: read.id, ...read.refused };
  const outcome = stored.get(read.record.id);
  if (!outcome) throw new Error(`nothing is known of the record with index ${index}`);
  return { index, id: read.record.id, ...outcome };
}

function countEach(items: ReceivedItem[]): Received {
  const count = (wanted: ReceivedItem['outcome']) => items.filter(({ outcome }) => outcome === wanted).length;
  return {
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    refused: count('refused'),
    items,
  };
}
