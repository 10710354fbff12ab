import { invalid } from '@/lib/platform/errors';

export type EventFormat = 'json' | 'ndjson';

/** Events at the most in one request. */
export const MAX_EVENTS = 5000;

export interface EventText {
  text: string;
  /** From 1; null where events are not told apart by lines. */
  line: number | null;
}

/**
 * The events of a request, each as its own JSON text, so that one that is wrong takes no other with it: a JSON array of
 * them, one alone, or one a line. Throws 'invalid' when the text as a whole is none of these, or has too many.
 */
export function eventTexts(body: string, format: EventFormat): EventText[] {
  const texts = format === 'ndjson' ? linesOf(body) : elementsOf(body.trim());
  if (texts.length === 0) throw invalid(`There is no event in it: send 1 to ${MAX_EVENTS} events.`);
  if (texts.length > MAX_EVENTS) {
    throw invalid(`${texts.length} events are too many: send at most ${MAX_EVENTS} at once.`);
  }
  return texts;
}

/** Lines without anything in them count for nothing. */
const linesOf = (body: string): EventText[] =>
  body
    .split('\n')
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.trim() !== '');

const NO_ARRAY =
  'The body is no JSON in UTF-8: send one event, an array of events, or one event a line as application/x-ndjson.';

function elementsOf(body: string): EventText[] {
  if (body === '') return [];
  if (body.startsWith('{')) return [{ text: body, line: null }];
  if (!body.startsWith('[') || !body.endsWith(']')) throw invalid(NO_ARRAY);
  const inside = body.slice(1, -1);
  return inside.trim() === '' ? [] : splitAtCommas(inside).map((text) => ({ text, line: null }));
}

/** Splits at the commas that stand in no text, list or object. What lies between them is not looked at. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let [from, depth, inText] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (inText) {
      if (sign === '\\') at += 1;
      else if (sign === '"') inText = false;
    } else if (sign === '"') inText = true;
    else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    else if (sign === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
    if (depth < 0) throw invalid(NO_ARRAY);
  }
  if (depth !== 0 || inText) throw invalid(NO_ARRAY);
  return [...parts, text.slice(from)];
}
