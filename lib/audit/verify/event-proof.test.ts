import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '@/lib/people/context';
import { archiveDue } from '../archive/archive-due';
import { pruneArchived } from '../prune/prune-hot';
import { partOfAugust } from '../testing/part-out-of-sight';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { eventProof } from './event-proof';
import { checkProof } from './proof';

let w: TierWorld;
let auditor: Context;
beforeAll(async () => {
  w = await tierWorld('2026-11-21T09:00:00Z');
  auditor = { ...w.s.as(await w.s.person({ role: 'auditor' })), storage: w.ctx.storage };
  await w.insert(3, '2026-08-10T10:00:00Z');
  await w.seal();
});
afterAll(() => w.close());

test('B4: of an event that a cleanup has out of sight nobody is told that there is none, and an archive that has it proves it', async () => {
  const part = await partOfAugust(w.database);
  const [{ id, timeStarted } = {}] = await w.rows();
  const places = [{ id: id! }, { id: id!, timeStarted: timeStarted! }];
  const proof = await eventProof(auditor, { id: id! });
  expect(checkProof(proof)).toMatchObject({ holds: true });

  await part.detach();
  for (const place of places) {
    await expect(eventProof(auditor, place)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/a cleanup is taking away/),
    });
  }
  await expect(eventProof(auditor, { id: id!, timeStarted: part.bounds.to })).rejects.toMatchObject({
    code: 'not_found',
  });
  await part.attach();
  expect(await eventProof(auditor, { id: id! })).toEqual(proof);

  await archiveDue(w.ctx, { folder: w.folder });
  await pruneArchived(w.ctx, { keys: w.keys });
  await part.detach();
  for (const place of places) expect(await eventProof(auditor, place)).toEqual(proof);
});
