import type { ListedPerson } from '@/lib/people/list-people';
import { formatCount, formatNumber } from '@/lib/platform/format';

type AnsweredPerson = Pick<ListedPerson, 'role' | 'disabledAt' | 'signsInBy'>;

interface AnswerOptions {
  isOnePageOfMany: boolean;
  /** Whether single sign-on is set up here; without it, who comes by it alone cannot sign in. */
  hasSingleSignOn: boolean;
}

/** "8 people can sign in: 2 admins, 1 auditor and 5 hosts; 1 account is disabled." */
export function peopleAnswer(
  people: readonly AnsweredPerson[],
  { isOnePageOfMany, hasSingleSignOn }: AnswerOptions,
): string {
  const enabled = people.filter(({ disabledAt }) => disabledAt === null);
  const active = enabled.filter(({ signsInBy }) => hasSingleSignOn || signsInBy === 'password');
  const waiting = enabled.length - active.length;
  const disabled = people.length - enabled.length;
  const of = (role: AnsweredPerson['role']) => active.filter((person) => person.role === role).length;
  const roles = `${formatCount(of('admin'), 'admin')}, ${formatCount(of('auditor'), 'auditor')} and ${formatCount(of('host'), 'host')}`;
  const where = isOnePageOfMany ? ' on this page' : '';
  const wait =
    waiting === 0
      ? ''
      : `; ${formatNumber(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for single sign-on, which is not set up here`;
  const off =
    disabled === 0
      ? ''
      : `; ${formatNumber(disabled)} ${disabled === 1 ? 'account is' : 'accounts are'} disabled`;
  return `${formatCount(active.length, 'person', 'people')}${where} can sign in: ${roles}${wait}${off}.`;
}
