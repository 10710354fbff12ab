import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { archiveDue } from '../archive/archive-due';
import { duckText, withDuckDb } from '../archive/duckdb';
import { listAuditEvents } from '../list-events';
import { pruneArchived } from '../prune/prune-hot';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { type ToldEvent, tell } from './testing/told-events';
import { wordConditions, wordSearch } from './word-search';

/** What words are made of, and what comes between them; some of it is taken for part of a word by one and not by the other. */
const PIECES =
  'ada Ada id ID 1e5 1e5abc e5 044e5b 12e 7 007 i-044b1baf a1b2 x é É ß ẞ ſ İ ı I i̇ K k Å å σ ς ΟΔΟΣ Ω ω Привет ПРИВЕТ 日本語 שלום ข้อความ ё é ﬁ Ǆ ǅ Ꭰ ა Ა 𝒜 𐐀 𐐨 😀 ½ ² ٣ _ - . , : ; / \\ " \' & < > @ # % ( ) { } [ ] * + = ~ ` ^ | ! ? $ \t \n \r \u0001 \u00a0 \u2028 \u200d – “ ” € 1.5 -77 http://a.b/c?d=e ada@example.org C:\\new\\table'
    .split(' ')
    .concat([' ', ' ', ' ', '  ']);

const text = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 })
  .map((pieces) => pieces.join(''));
const json = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  fc.record({ k: text, ada: fc.array(text, { maxLength: 2 }) }).map((value) => JSON.stringify(value)),
  fc.dictionary(text, text, { maxKeys: 3 }).map((value) => JSON.stringify(value)),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

/** What an event says; the rest of it is the same for all. */
const event = fc.record({
  action: text,
  actor: text,
  details: fc.dictionary(text, text, { maxKeys: 2 }).map((value) => JSON.stringify(value)),
  target: maybe(text),
  oldValue: maybe(json),
  newValue: maybe(json),
  reason: maybe(text),
  error: maybe(text),
});

/** The end of the text that is searched falls within a word, a value of JSON, and just beside. */
const LONG = [99_990, 99_995, 99_999, 100_010].map((length) => ({
  reason: `${'ä'.repeat(length - 40)} quarterly reports of zebra and quagga and gnu`,
}));
const LONG_JSON = [33_000, 49_980, 99_950].map((length) => ({
  newValue: JSON.stringify({ text: `${'x\n'.repeat(length / 2)}zebra crossing quagga` }),
}));

const SEED = 4711;
let w: TierWorld;
let auditor: Context;
let told: ToldEvent[];
beforeAll(async () => {
  w = await tierWorld('2026-11-21T09:00:00Z');
  auditor = { ...w.s.as(await w.s.person({ role: 'auditor' })), storage: w.ctx.storage };
  const said = [...fc.sample(event, { seed: SEED, numRuns: 300 }), ...LONG, ...LONG_JSON];
  told = said.map((each, n) => {
    const at = `2026-09-01T10:00:00.${String(n).padStart(6, '0')}Z`;
    return { stream: 'told', started: at, completed: at, ...each };
  });
  await tell(w, told);
  // What follows closes their last window, and their day.
  await w.insert(150, '2026-09-01T12:00:00Z');
  await w.insert(1, '2026-09-03T10:00:00Z');
  await w.seal(100);
});
afterAll(() => w.close());

test('B5: no word that Postgres sees in an event is passed over in an archive', async () => {
  const rows = await w.s.sql<{ lexemes: string[]; columns: (string | null)[] }[]>`
    select tsvector_to_array(words) as lexemes,
      array[stream, action, actor, actor_details::text, target, old_value::text, new_value::text, reason, error] as columns
    from audit_events where stream = 'told'`;
  const having = new Map<string, number[]>();
  for (const [n, { lexemes }] of rows.entries()) {
    for (const lexeme of lexemes) having.set(lexeme, [...(having.get(lexeme) ?? []), n]);
  }
  expect(having.size).toBeGreaterThan(200);
  await withDuckDb(w.folder, async (duck) => {
    await duck.run(`create table told (n integer, stream varchar, action varchar, actor varchar, actor_details varchar, target varchar,
      old_value varchar, new_value varchar, reason varchar, error varchar)`);
    for (const [n, { columns }] of rows.entries()) {
      const values = columns.map((value) => (value === null ? 'null' : duckText(value)));
      await duck.run(`insert into told values (${n}, ${values.join(', ')})`);
    }
    for (const [lexeme, numbers] of having) {
      const found = await duck.rows(
        `select n from told where ${[`n in (${numbers})`, ...wordConditions([lexeme])].join(' and ')}`,
      );
      const kept = new Set(found.map(([n]) => Number(n)));
      const lost = numbers.filter((n) => !kept.has(n)).map((n) => rows[n]?.columns);
      expect([lexeme, lost]).toEqual([lexeme, []]);
    }
  });
}, 120_000);

const QUERIES = [
  ...'ada ADA id 1e5 e5 abc 1e5abc 044e5b b 12e 7 007 044b1baf é ß ẞ ss i ı İ k K å σ ς οδοσ οδος ω Ω привет 日本語 שלום ё ﬁ ა 𐐨 ½ ٣ a.b C:\\new new table nada x quagga zebra quarterly quarter quarterl gnu crossing told n'.split(
    ' ',
  ),
  'ada id',
  'ada привет 7',
  'x "é"',
  'ada nowhere',
];

describe('B5: free text means in archives what it means in the hot tier', () => {
  let hot: string[][];

  const found = async (words: string, limit: number) => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const input = { stream: 'told', words, limit, ...(cursor ? { cursor } : {}) };
      const page = await listAuditEvents(auditor, input);
      expect(page.searched.unreachable).toEqual([]);
      ids.push(...page.events.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    return ids;
  };

  beforeAll(async () => {
    hot = [];
    for (const words of QUERIES) hot.push(await found(words, 200));
    expect(await archiveDue(w.ctx, { folder: w.folder })).toMatchObject({ failed: [] });
    await pruneArchived(w.ctx, { keys: w.keys });
  }, 60_000);

  test('for words of many scripts, signs, escapes, numbers, and texts that are cut', async () => {
    expect((await w.s.sql`select from audit_events where stream = 'told'`).length).toBe(0);
    // It would prove little if most of them were nowhere.
    expect(hot.filter((ids) => ids.length > 0).length).toBeGreaterThan(QUERIES.length / 2);
    for (const [index, words] of QUERIES.entries()) {
      expect([words, await found(words, 200)]).toEqual([words, hot[index]]);
    }
  }, 120_000);

  test('page by page, also when most of what seems to have the word does not', async () => {
    for (const words of ['id', 'b']) {
      const index = QUERIES.indexOf(words);
      expect([words, await found(words, 9)]).toEqual([words, hot[index]]);
    }
  }, 120_000);

  test('and what holds no word for Postgres finds nothing, and opens no archive', async () => {
    expect((await wordSearch(w.ctx.db, '!?')).isEmpty).toBe(true);
  });
});
