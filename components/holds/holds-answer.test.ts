import { expect, test } from 'vitest';
import { holdsAnswer } from './holds-answer';

const none = { active: 0, released: 0, challenges: 0 };

test('L3: the page of holds tells of both kinds, and of none that is not there', () => {
  expect(holdsAnswer({ active: 3, released: 1, challenges: 2 }, { active: 1, released: 1 })).toMatch(
    /^3 holds keep data of 2 challenges and 1 hold keeps public data from being deleted; 2 released before\./,
  );
  expect(holdsAnswer(none, { active: 2, released: 0 })).toMatch(
    /^2 holds keep public data from being deleted\./,
  );
  expect(holdsAnswer({ ...none, active: 1, challenges: 1 }, none)).toMatch(
    /^1 hold keeps data of 1 challenge from being deleted\./,
  );
  expect(holdsAnswer(none, none)).toMatch(/^No hold is in place\. /);
});
