import { z } from 'zod';
import type { Transaction } from '@/db/client';
import { consentChannel, consentEvents } from '@/db/schema/consent';
import { invalid, LapseError } from '@/lib/platform/errors';
import { idField, optionalText } from '@/lib/platform/fields';
import { newId } from '@/lib/platform/ids';
import { RETENTION_POLICY } from '@/lib/retention/policy';
import { withoutDialog } from './shown-text';

/** Characters of the notes that a host may leave with a decision. */
export const MAX_NOTES = 2000;

/** Giving and withdrawing take the same input, so that one is never harder than the other (E7). */
export const consentInput = z.strictObject({
  challengeId: idField,
  notes: optionalText(MAX_NOTES),
  /** What the dialog showed, as `consentImpact` gave it; needed for the channel 'browser'. */
  shownText: z.string('give the text that was shown').max(200_000, 'the text is too long').optional(),
  channel: z.enum(consentChannel.enumValues, {
    error: `use one of ${consentChannel.enumValues.join(', ')}`,
  }),
  /** The host who decides, by username; only for somebody with a shell on the server (E22). */
  onBehalfOf: z.string('give a user name').trim().min(1, 'give a user name').optional(),
});
export type ConsentInput = z.input<typeof consentInput>;
type Parsed = z.output<typeof consentInput>;

/** The text that was shown is out of date: nothing was decided, and the dialog shows the fresh text. */
export class ShownTextChanged extends LapseError {
  readonly freshText: string;

  constructor(freshText: string) {
    super('conflict', 'Something changed while the dialog was open. Read it again, and decide then.');
    this.freshText = freshText;
  }
}

/**
 * The text to keep with the decision. What a dialog showed is kept only when it is what applies now; otherwise the
 * person would have decided about something else, and ShownTextChanged is thrown.
 */
export function textToKeep(decision: Parsed, freshText: string): string {
  if (decision.shownText === undefined) {
    if (decision.channel !== 'browser') return withoutDialog(decision.channel, freshText);
    throw invalid('The text that the dialog showed is missing.', {
      shownText: 'give the text that was shown',
    });
  }
  // Browsers send the line feeds of a form as CR LF.
  if (plainLines(decision.shownText) !== plainLines(freshText)) throw new ShownTextChanged(freshText);
  return freshText;
}

const plainLines = (text: string) => text.replace(/\r\n?/g, '\n');

/** Appends to the history of consent; the caller's transaction holds the challenge's row lock. Returns the event's id. */
export async function recordDecision(
  tx: Transaction,
  decision: Parsed,
  event: {
    action: 'given' | 'withdrawn';
    personId: number;
    at: Date;
    shownText: string;
    shownFigures: unknown;
  },
): Promise<string> {
  const id = newId();
  await tx.insert(consentEvents).values({
    id,
    challengeId: decision.challengeId,
    action: event.action,
    personId: event.personId,
    channel: decision.channel,
    at: event.at,
    notes: decision.notes ?? null,
    shownText: event.shownText,
    policyVersion: RETENTION_POLICY.version,
    shownFigures: event.shownFigures,
  });
  return id;
}
