import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveDue } from '../archive/archive-due';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verifiedCopy } from './verified-copy';

let world: TierWorld;
beforeAll(async () => {
  world = await tierWorld('2026-11-20T23:50:00Z');
});
afterAll(() => world.close());

test('L5: a segment has a copy once its archive is verified, and no longer than that archive counts', async () => {
  await world.insert(5, '2026-11-20T10:00:00Z');
  await world.seal();
  expect(await verifiedCopy(world.ctx, 1)).toBeNull();
  world.s.clock.set('2026-11-21T09:00:00Z');
  await world.seal();
  await archiveDue(world.ctx, {});
  expect(await verifiedCopy(world.ctx, 1)).toMatchObject({
    ...{ tier: 'warm', period: '2026-11-20', part: 1 },
    firstStarted: '2026-11-20T09:59:57.000000Z',
  });
  expect(await verifiedCopy(world.ctx, 99)).toBeNull();

  await world.tamper("update audit_archives set state = 'failed'");
  expect(await verifiedCopy(world.ctx, 1)).toBeNull();
  await expect(verifiedCopy(world.s.as(await world.s.person()), 1)).rejects.toMatchObject({
    code: 'forbidden',
  });
});
