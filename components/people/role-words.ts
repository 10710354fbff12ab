import type { Role } from '@/lib/people/actor';

export const ROLES = [
  {
    value: 'host',
    label: 'Host',
    meaning: 'Decides about the challenges of their teams, and sees nothing else.',
  },
  {
    value: 'admin',
    label: 'Admin',
    meaning:
      'Sees everything, runs cleanups, sets holds, manages people. Approves what was made 7 days after becoming one, or later.',
  },
  { value: 'auditor', label: 'Auditor', meaning: 'Sees everything and changes nothing.' },
] as const satisfies readonly { value: Role; label: string; meaning: string }[];

export const roleLabel = (role: Role): string => ROLES.find(({ value }) => value === role)?.label ?? role;
export const roleMeaning = (role: string): string => ROLES.find(({ value }) => value === role)?.meaning ?? '';
