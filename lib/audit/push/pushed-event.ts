import { z } from 'zod';
import { addDays } from '@/lib/platform/clock';
import { canBeKept, shown, UNKEEPABLE } from '@/lib/platform/fields';
import { exactInstant } from '../instant';
import { eventId } from './event-id';
import { readExactJson } from './exact-json';

/** Bytes of one event as JSON. */
export const MAX_EVENT_BYTES = 65_536;
/** How far its clock may be ahead of ours, and how old it may be. */
const MAX_AHEAD_DAYS = 1;
const MAX_AGE_DAYS = 3653;

/** An event as it is written into the log. */
export interface PushedRow {
  id: string;
  /** In UTC with microseconds. */
  timeStarted: string;
  result: 'success' | 'error';
  action: string;
  actor: string;
  /** As JSON, like the two values. */
  actorDetails: string;
  target: string | null;
  oldValue: string | null;
  newValue: string | null;
  reason: string | null;
  error: string | null;
}

export type ReadEvent = { row: PushedRow } | { why: string };

/** A text that is kept as it is, unlike what people type into forms. */
const text = (max: number) => {
  const allowed = `use a text of 1 to ${max} characters`;
  return z
    .string({ error: (issue) => `${shown(issue.input)} is not allowed: ${allowed}` })
    .min(1, `it is empty: ${allowed}`)
    .max(max, { error: (issue) => `${String(issue.input).length} characters are too many: ${allowed}` })
    .refine(canBeKept, UNKEEPABLE);
};

/** Control characters, and those that turn around the order in which what follows is read. */
const INVISIBLE = /^\s|\s$|\p{Cc}|[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;

/** What people look for and filter by, and read in one line with other words. */
const name = (max: number) =>
  text(max).refine((value) => !INVISIBLE.test(value), {
    error: (issue) => `${shown(issue.input)} begins or ends with white space, or holds a control character`,
  });

/** May be left out; an empty text is the same as none. */
const maybe = <T extends z.ZodType>(field: T) =>
  z.preprocess((value) => (value === '' ? null : value), field.nullish());

/** Not z.record, which leaves out a key with the name __proto__. */
const jsonObject = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'use a JSON object',
);

const json = z.unknown().transform((value) => (value == null ? null : JSON.stringify(value)));

/** An event as its program sends it: the same words as in the log. */
const pushedEvent = z
  .strictObject(
    {
      id: text(200),
      time_started: exactInstant,
      action: name(200),
      actor: name(300),
      actor_details: jsonObject.nullish(),
      target: maybe(name(300)),
      old_value: json.optional(),
      new_value: json.optional(),
      reason: maybe(text(10_000)),
      result: z.enum(['success', 'error'], {
        error: (issue) => `${shown(issue.input)} is not allowed: use one of success, error`,
      }),
      error: maybe(text(10_000)),
    },
    { error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys) : undefined) },
  )
  .refine(({ result, error }) => result === 'error' || error == null, {
    path: ['error'],
    error: 'an error stands only with the result "error"',
  });

const unknownKeys = (keys: string[]) =>
  `${keys
    .map((key) => shown(key))
    .join(', ')
    .slice(0, 200)} is no field of an event: put it into actor_details, old_value or new_value`;

/** Reads the JSON text of one event that arrived at `now`; says why when it cannot be stored as it is. */
export function readPushedEvent(
  source: string,
  { stream, now, pushedBy }: { stream: string; now: Date; pushedBy: string },
): ReadEvent {
  const read = readExactJson(source, MAX_EVENT_BYTES);
  if ('why' in read) return read;
  const parsed = pushedEvent.safeParse(read.value, { reportInput: true });
  if (!parsed.success) return { why: wordsOf(parsed.error) };
  const event = parsed.data;
  const late = outOfRange(event.time_started, now);
  if (late) return { why: `time_started: ${late}` };
  const { id, sourceId } = eventId(stream, event.id);
  return {
    row: {
      id,
      timeStarted: event.time_started,
      result: event.result,
      action: event.action,
      actor: event.actor,
      actorDetails: JSON.stringify({
        type: 'pushed',
        pushedBy,
        ...(sourceId !== null && { sourceId }),
        ...(event.actor_details && { details: event.actor_details }),
      }),
      target: event.target ?? null,
      oldValue: event.old_value ?? null,
      newValue: event.new_value ?? null,
      reason: event.reason ?? null,
      error: event.error ?? null,
    },
  };
}

function outOfRange(given: string, now: Date): string | null {
  const at = Date.parse(given);
  const [first, last] = [addDays(now, -MAX_AGE_DAYS), addDays(now, MAX_AHEAD_DAYS)];
  if (at >= first.getTime() && at <= last.getTime()) return null;
  return `${shown(given)} is not allowed: use an instant from ${first.toISOString()} to ${last.toISOString()}`;
}

const NAMED_ISSUES = 3;

function wordsOf({ issues }: z.ZodError): string {
  const words = issues.slice(0, NAMED_ISSUES).map(({ path, message }) => {
    return path.length === 0 ? message : `${path.map(String).join('.').slice(0, 100)}: ${message}`;
  });
  const more = issues.length - words.length;
  return `${words.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
