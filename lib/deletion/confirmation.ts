import { formatCount } from '@/lib/platform/format';
import type { Plan } from './source';

/** What a person types to run the plan: 'delete 42 files', so that nobody does it without having read the number. */
export const confirmationFor = (plan: Pick<Plan, 'files'>): string =>
  `delete ${formatCount(plan.files, 'file')}`;

/** What the second admin types: 'approve 42 files'. */
export const approvalConfirmationFor = (plan: Pick<Plan, 'files'>): string =>
  `approve ${formatCount(plan.files, 'file')}`;

/** Whether that was typed; capitals, spaces around it and the comma of thousands do not matter. */
export function isTyped(wanted: string, typed: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(',', '').replace(/\s+/g, ' ').trim();
  return plain(typed) === plain(wanted);
}

/** Whether the confirmation of a run was typed. */
export const isConfirmed = (plan: Pick<Plan, 'files'>, typed: string): boolean =>
  isTyped(confirmationFor(plan), typed);
