import { sql } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { duckText } from '../archive/duckdb';
import type { SealedFields } from '../seal/encoding';
import { wordsQuery } from './hot-rows';

/** Free text over archives, which means there what it means in the hot tier. */
export interface WordSearch {
  /** No event has nothing: Postgres sees no word in what was typed. */
  isEmpty: boolean;
  /** What every event has that has the words, in DuckDB's SQL; others may have it as well. */
  conditions: string[];
  /** Which of these events have them, by Postgres itself. */
  confirm(events: readonly SealedFields[]): Promise<boolean[]>;
}

/** Postgres says which words it sees in what somebody typed, and has the last word on each event. */
export async function wordSearch(db: Queryable, words: string): Promise<WordSearch> {
  const [found] = await db.execute<{ lexemes: string[] }>(sql`
    select tsvector_to_array(to_tsvector('simple', audit_plain_words(${words}::text))) as lexemes`);
  const lexemes = found?.lexemes ?? [];
  return {
    isEmpty: lexemes.length === 0,
    conditions: wordConditions(lexemes),
    confirm: (events) => confirm(db, words, events),
  };
}

const COLUMNS = 'stream, action, actor, target, reason, error, actor_details, old_value, new_value'.split(
  ', ',
);
/** All of an event that is searched; nothing that stands between two columns is part of a word. */
const TEXT = `concat_ws(chr(10), ${COLUMNS.join(', ')})`;
/** Where Postgres cuts the text of an event, perhaps within a word; in bytes that is here or further on. */
const CUT = 99_000;

/**
 * A word of an event stands in one of its columns as it is, but for its case: nothing between two letters is ever taken away
 * (audit_event_words). What is compared here are letters whose lower case is the same by all rules that Postgres may go by.
 */
export function wordConditions(lexemes: readonly string[]): string[] {
  const contained = lexemes.flatMap(containing);
  if (contained.length === 0) return [];
  // DuckDB tries conditions in any order, and this one costs several times as much.
  const words = lexemes.flatMap(standing).map((isWord) => `(strlen(${TEXT}) >= ${CUT} or ${isWord})`);
  return [`case when ${contained.join(' and ')} then ${words.join(' and ') || 'true'} else false end`];
}

/** That one of the columns has the letters of a word. */
function containing(lexeme: string): string[] {
  const runs = stableRuns(lexeme);
  if (runs.length === 0) return [];
  const contains = (column: string) =>
    runs.map((run) => `contains(lower(${column}), ${duckText(run)})`).join(' and ');
  return [`(${COLUMNS.map((column) => `(${contains(column)})`).join(' or ')})`];
}

/** That they stand there by themselves: 'id' is in most events, and a word in few. */
function standing(lexeme: string): string[] {
  if (!/^[0-9a-z]+$/.test(lexeme)) return [];
  // A line end is two characters of JSON, of which the second is a letter.
  const end = /\d$/.test(lexeme) ? '[^0-9]' : '[^0-9a-z]';
  const word = duckText(`(^|[^a-z]|\\\\[nrt])${lexeme}($|${end})`);
  return [`regexp_matches(lower(${TEXT}), ${word})`];
}

/** The parts of a word that stand the same in DuckDB's lower case of every text from which Postgres reads that word. */
function stableRuns(lexeme: string): string[] {
  const runs = [''];
  for (const letter of lexeme) {
    if (isStable(letter)) runs.push(`${runs.pop()}${letter}`);
    else runs.push('');
  }
  return runs.filter((run) => run !== '');
}

/** Left out: the dotless i and the final sigma, which depend on language and place, and whatever newer rules may change. */
function isStable(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0;
  if (/^[\p{Lo}\p{Nd}]$/u.test(letter)) return true;
  const isOld = code < 0x180 || (code >= 0x3ac && code <= 0x3ce) || (code >= 0x430 && code <= 0x45f);
  return isOld && letter !== 'ı' && letter !== 'ς' && /^\p{Ll}$/u.test(letter);
}

/** Characters of JSON in one statement, about. */
const AT_ONCE = 4_000_000;

async function confirm(db: Queryable, words: string, events: readonly SealedFields[]): Promise<boolean[]> {
  const confirmed = events.map(() => false);
  let [texts, length]: [string[], number] = [[], 0];
  const ask = async () => {
    for (const index of await withWords(db, words, `[${texts.join(',')}]`)) confirmed[index] = true;
    [texts, length] = [[], 0];
  };
  for (const [n, event] of events.entries()) {
    const text = JSON.stringify({ n, ...event });
    texts.push(text);
    length += text.length;
    if (length >= AT_ONCE) await ask();
  }
  if (texts.length > 0) await ask();
  return confirmed;
}

async function withWords(db: Queryable, words: string, events: string): Promise<number[]> {
  const rows = await db.execute<{ n: number }>(sql`
    select e.n from json_to_recordset(${events}::text::json) as e (n integer, stream text, action text, actor text,
      "actorDetails" text, target text, "oldValue" text, "newValue" text, reason text, error text)
    where audit_event_words(e.stream, e.action, e.actor, e."actorDetails"::jsonb, e.target, e."oldValue"::jsonb,
      e."newValue"::jsonb, e.reason, e.error) @@ ${wordsQuery(words)}`);
  return rows.map(({ n }) => n);
}
