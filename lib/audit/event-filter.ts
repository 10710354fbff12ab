import { z } from 'zod';
import { auditResult } from '@/db/schema/audit';
import { canBeKept, wholeNumber } from '@/lib/platform/fields';
import { AUDIT_ACTIONS } from './actions';
import { exactInstant } from './instant';
import { OWN_STREAM, streamName } from './streams';

/** An instant with its zone and up to microseconds, or a Date. */
export const instant = z
  .union([z.string(), z.date()], 'use an instant such as 2026-11-21T09:00:00Z')
  .transform((given) => (typeof given === 'string' ? given : given.toISOString()))
  .pipe(exactInstant);
const name = (what: string) =>
  z.string().max(300, `this is no ${what}`).refine(canBeKept, `this is no ${what}`).optional();

const fields = {
  /** The half-open window [from, to) of time_started. */
  from: instant.optional(),
  to: instant.optional(),
  /** 'lapse' for our own events; left out: all of them. */
  stream: streamName.optional(),
  /** Such as 'user:12'. */
  actor: name('actor'),
  /** One of ours, or whatever a program calls it. */
  action: name('action'),
  /** Such as 'challenge:7'. */
  target: name('target'),
  /** Words of which an event has all, anywhere in it, in any order. */
  words: z
    .string()
    .max(500, 'use at most 500 characters')
    .refine((text) => canBeKept(text) && /[\p{L}\p{N}]/u.test(text), 'give a word to look for')
    .optional(),
  /** 'open': not completed yet. */
  result: z.enum([...auditResult.enumValues, 'open'], 'use one of success, error, timeout, open').optional(),
};

const isOwnAction = (action: string): boolean => (AUDIT_ACTIONS as readonly string[]).includes(action);
const canHaveAction = ({ stream, action }: { stream?: string | undefined; action?: string | undefined }) =>
  stream !== OWN_STREAM || action === undefined || isOwnAction(action);
const noSuchAction = { path: ['action'], error: 'this is no action that the audit log knows' };

/** Which events. */
export const eventFilter = z.strictObject(fields).refine(canHaveAction, noSuchAction);
export type EventFilterInput = z.input<typeof eventFilter>;
export type EventFilter = z.output<typeof eventFilter>;

/** Which events, and which page of them. */
export const listInput = z
  .strictObject({
    ...fields,
    cursor: z.string().max(500).optional(),
    limit: wholeNumber(1, 200, 'number').default(50),
  })
  .refine(canHaveAction, noSuchAction);
export type ListAuditEventsInput = z.input<typeof listInput>;
