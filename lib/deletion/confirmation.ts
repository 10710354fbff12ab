import type { Plan } from './source';
import { sourceOf } from './sources';

type Counted = Pick<Plan, 'source' | 'files' | 'transcripts'>;

/**
 * What a person types to run the plan: 'delete 42 files', or of anonymous data 'delete 12 transcripts', so that nobody does it
 * without having read the number.
 */
export const confirmationFor = (plan: Counted): string => `delete ${sourceOf(plan.source).amountOf(plan)}`;

/** What the second admin types: 'approve 42 files'. */
export const approvalConfirmationFor = (plan: Counted): string =>
  `approve ${sourceOf(plan.source).amountOf(plan)}`;

/** Whether that was typed; capitals, spaces around it and the comma of thousands do not matter. */
export function isTyped(wanted: string, typed: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(',', '').replace(/\s+/g, ' ').trim();
  return plain(typed) === plain(wanted);
}

/** Whether the confirmation of a run was typed. */
export const isConfirmed = (plan: Counted, typed: string): boolean => isTyped(confirmationFor(plan), typed);
