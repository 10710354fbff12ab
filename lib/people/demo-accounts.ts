import { DEMO_PEOPLE, type DemoPerson, demoPassword } from '@/db/seed/demo/people';

export interface DemoAccount {
  username: string;
  password: string;
  /** What signing in as this person shows. */
  what: string;
}

/** The accounts that the sign-in page may show: those of the demo that can sign in, and none where it is not a demo. */
export function demoAccounts(isDemo: boolean): DemoAccount[] {
  if (!isDemo) return [];
  const people: readonly DemoPerson[] = DEMO_PEOPLE;
  return people
    .filter((person) => person.disabledDaysAgo === undefined)
    .map(({ username, what }) => ({ username, what, password: demoPassword(username) }));
}
