import type { ListedPerson } from '@/lib/people/list-people';
import { formatCount, formatNumber } from '@/lib/platform/format';

/** "8 people can sign in: 2 admins, 1 auditor and 5 hosts; 1 account is disabled." */
export function peopleAnswer(people: readonly ListedPerson[], isOnePageOfMany: boolean): string {
  const active = people.filter(({ disabledAt }) => disabledAt === null);
  const disabled = people.length - active.length;
  const of = (role: ListedPerson['role']) => active.filter((person) => person.role === role).length;
  const roles = `${formatCount(of('admin'), 'admin')}, ${formatCount(of('auditor'), 'auditor')} and ${formatCount(of('host'), 'host')}`;
  const where = isOnePageOfMany ? ' on this page' : '';
  const off =
    disabled === 0
      ? ''
      : `; ${formatNumber(disabled)} ${disabled === 1 ? 'account is' : 'accounts are'} disabled`;
  return `${formatCount(active.length, 'person', 'people')}${where} can sign in: ${roles}${off}.`;
}
