import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { simulateRetention } from './simulate';

let w: TierWorld;
let admin: Context;
beforeAll(async () => {
  w = await tierWorld('2026-10-20T09:00:00Z');
  admin = w.s.as(await w.s.person({ role: 'admin' }));
  for (const day of ['10', '11', '12', '13', '14', '15', '16', '17', '18', '19']) {
    await w.insert(2, `2026-10-${day}T10:00:00Z`);
  }
  await w.seal();
});
afterAll(() => w.close());

test('L4, T4: a shorter period lets nothing go before its day, in the forecast as well', async () => {
  const { after, forecast } = await simulateRetention(admin, { changes: { hotDays: 5, coldDays: 400 } });
  expect(after.pending?.from).toEqual(new Date('2026-10-27T09:00:00Z'));
  expect(forecast.after?.hot).toMatchObject({ at: after.pending?.from, events: 10 });
  // What is old enough only later leaves later.
  expect(forecast.after?.archives?.at).toEqual(new Date('2027-11-14T10:00:00Z'));
  expect(forecast.before?.hot.at).toEqual(new Date('2026-11-09T10:00:00Z'));
});

test('L4, T4: a longer one holds at once', async () => {
  const { after, forecast } = await simulateRetention(admin, { changes: { hotDays: 60 } });
  expect(after.pending).toBeNull();
  expect(forecast.after?.hot).toMatchObject({ at: new Date('2026-12-09T10:00:00Z'), events: 120 });
});
