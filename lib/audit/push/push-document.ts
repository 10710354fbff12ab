import type { EventText } from './event-texts';
import type { Pushed, PushedResult } from './push-events';

/** What came of a request, with the names of the REST API: for each event its place, and its line where there are lines. */
export function pushedDocument(pushed: Pushed, texts: readonly EventText[]): Record<string, unknown> {
  const { stream, stored, duplicates, refused, results } = pushed;
  const events = results.map((result) => {
    const line = texts[result.index]?.line;
    return { ...result, ...(line != null && { line }) };
  });
  return { stream, stored, duplicates, refused, events };
}

export interface Refusal {
  status: 400 | 409;
  detail: string;
}

/** What to say when not all events of a request are in the log now; null when they are. */
export function refusalOf(
  { stored, duplicates, refused, results }: Pushed,
  texts: readonly EventText[],
): Refusal | null {
  const first = results.find(isRefused);
  if (!first) return null;
  const line = texts[first.index]?.line;
  const place = line == null ? `the event with index ${first.index}` : `line ${line}`;
  const others = `Stored: ${stored}; there already: ${duplicates}.`;
  return {
    status: results.some(({ outcome }) => outcome === 'invalid') ? 400 : 409,
    detail: `Refused: ${refused} of ${results.length}, beginning with ${place}: ${first.why}. ${others}`,
  };
}

const isRefused = (result: PushedResult): result is PushedResult & { why: string } => 'why' in result;
