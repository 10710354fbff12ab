import { expect, test } from 'vitest';
import { peopleAnswer } from './people-answer';

type Person = Parameters<typeof peopleAnswer>[0][number];
const person = (more: Partial<Person> = {}): Person => ({
  role: 'host',
  disabledAt: null,
  signsInBy: 'password',
  ...more,
});
const PEOPLE = [
  person({ role: 'admin' }),
  person({ signsInBy: 'single sign-on' }),
  person({ signsInBy: 'single sign-on', disabledAt: new Date(0) }),
];

test('who comes by single sign-on alone can sign in only where it is set up', () => {
  const answer = (hasSingleSignOn: boolean) =>
    peopleAnswer(PEOPLE, { isOnePageOfMany: false, hasSingleSignOn });
  expect(answer(true)).toBe('2 people can sign in: 1 admin, 0 auditors and 1 host; 1 account is disabled.');
  expect(answer(false)).toBe(
    '1 person can sign in: 1 admin, 0 auditors and 0 hosts; 1 waits for single sign-on, which is not set up here; 1 account is disabled.',
  );
});
