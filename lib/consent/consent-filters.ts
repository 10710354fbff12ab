import { z } from 'zod';
import { consentAction, consentChannel } from '@/db/schema/consent';
import { formatLimit } from '@/lib/platform/format';
import { parse } from '@/lib/platform/parse';
import { startOfDay, startOfNextDay } from '@/lib/platform/zoned-day';

/** The names of the filters in addresses. */
export const CONSENT_FILTERS = ['challenge', 'person', 'action', 'channel', 'from', 'to'] as const;
export type ConsentFilterName = (typeof CONSENT_FILTERS)[number];
/** The filters as an address has them. */
export type ConsentFilterTexts = Partial<Record<ConsentFilterName, string>>;

export interface ConsentFilters {
  challengeId?: number | undefined;
  personId?: number | undefined;
  action?: (typeof consentAction.enumValues)[number] | undefined;
  channel?: (typeof consentChannel.enumValues)[number] | undefined;
  /** The half-open window [from, to). */
  from?: Date | undefined;
  to?: Date | undefined;
}

const MAX_ID = 2_147_483_647;
/** Postgres and JavaScript count the same days of all zones between these. */
const [FIRST_DAY, LAST_DAY] = ['1970-01-01', '9998-12-31'];

/**
 * Reads the filters of an address. `from` and `to` are days of `zone` (an IANA name), both of them included. Throws
 * 'invalid', which names each value that cannot be and says what is allowed; a filter is never left out in silence.
 */
export function readConsentFilters(texts: ConsentFilterTexts, zone: string): ConsentFilters {
  const { challenge, person, action, channel, from, to } = parse(address, texts);
  return {
    challengeId: challenge,
    personId: person,
    action,
    channel,
    from: from === undefined ? undefined : (startOfDay(from, zone) ?? undefined),
    to: to === undefined ? undefined : (startOfNextDay(to, zone) ?? undefined),
  };
}

const address = z
  .strictObject(
    {
      challenge: id('challenge'),
      person: id('person'),
      action: oneOf(consentAction.enumValues),
      channel: oneOf(consentChannel.enumValues),
      from: day(),
      to: day(),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `${issue.keys.map(shown).join(', ')} is no filter: use ${CONSENT_FILTERS.join(', ')}`
          : undefined,
    },
  )
  .superRefine(({ from, to }, context) => {
    // Days as texts sort as days.
    if (from === undefined || to === undefined || from <= to) return;
    context.addIssue({
      code: 'custom',
      path: ['to'],
      message: `${shown(to)} lies before the first day, ${shown(from)}: use that day or a later one`,
    });
  });

function id(what: string) {
  return z
    .string()
    .refine((text) => /^#?\d{1,10}$/.test(text) && numberOf(text) >= 1 && numberOf(text) <= MAX_ID, {
      error: (issue) =>
        `${shown(issue.input)} is no id of a ${what}: use a whole number from 1 to ${formatLimit(MAX_ID)}`,
    })
    .transform(numberOf)
    .optional();
}

function numberOf(text: string): number {
  return Number(text.replace('#', ''));
}

function oneOf<const T extends readonly [string, ...string[]]>(allowed: T) {
  return z
    .enum(allowed, { error: (issue) => `${shown(issue.input)} is not allowed: use ${allowed.join(', ')}` })
    .optional();
}

function day() {
  return z
    .string()
    .refine((text) => startOfDay(text, 'UTC') !== null && text >= FIRST_DAY && text <= LAST_DAY, {
      error: (issue) =>
        `${shown(issue.input)} is no day: use one such as 2026-11-21, from ${FIRST_DAY} to ${LAST_DAY}`,
    })
    .optional();
}

function shown(value: unknown): string {
  const text = String(value);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
