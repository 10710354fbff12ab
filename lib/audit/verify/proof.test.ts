import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import type { Context } from '@/lib/people/context';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { audited } from '../record';
import { SETTLING_MS, sealEvents } from '../seal/seal-events';
import { makeSigningKey, readSigningKey } from '../seal/signing-key';
import { eventProof } from './event-proof';
import { checkProof, type InclusionProof } from './proof';

const keys = { current: readSigningKey(makeSigningKey()) };
const ids: string[] = [];
let database: TestDatabase;
let s: Scenario;
let ctx: Context;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  ctx = s.as({ type: 'cli', osUser: 'root' });
  for (let count = 0; count < 7; count++) {
    await audited(ctx, { action: 'job.run', target: `é:${count}`, reason: 'a\nb' }, async (event) => {
      ids.push(event.id);
      event.note({ newValue: { count, text: '“’\u0001' } });
    });
  }
  s.clock.set(new Date(s.clock.now().getTime() + SETTLING_MS + 1));
  await sealEvents(ctx, { keys });
});
afterAll(() => database.close());

/** As it comes out of a file. */
const sent = (proof: InclusionProof): InclusionProof => JSON.parse(JSON.stringify(proof));

test('B4: every sealed event has a proof, which can be checked without a server', async () => {
  for (const id of ids) {
    const checked = checkProof(sent(await eventProof(ctx, { id })));
    expect(checked).toMatchObject({
      holds: true,
      event: { id, action: 'job.run', reason: 'a\nb' },
      segment: 1,
      statement: 2,
      keyId: keys.current.id,
    });
  }
});

describe('B4: a proof does not hold when', () => {
  test.each<[string, (proof: InclusionProof) => unknown]>([
    ['a field was changed', (p) => ({ ...p, event: { ...p.event, actor: 'user:1' } })],
    ['a value was changed', (p) => ({ ...p, event: { ...p.event, newValue: '{"count": 8}' } })],
    ['a field was emptied', (p) => ({ ...p, event: { ...p.event, reason: '' } })],
    ['it names another place', (p) => ({ ...p, leafIndex: (p.leafIndex + 1) % 7 })],
    ['a hash is missing', (p) => ({ ...p, path: p.path.slice(1) })],
    ['a hash is another', (p) => ({ ...p, path: [...p.path.slice(1), 'ab'.repeat(32)] })],
    [
      'the checkpoint was changed',
      (p) => ({
        ...p,
        checkpoint: { ...p.checkpoint, body: p.checkpoint.body.replace('"late":false', '"late":true') },
      }),
    ],
    [
      'another key claims it',
      (p) => ({ ...p, publicKey: readSigningKey(makeSigningKey()).publicKey.toString('base64') }),
    ],
    ['it says more than a proof does', (p) => ({ ...p, more: 1 })],
    ['it is of another format', (p) => ({ ...p, format: 'lapse-audit-proof/2' })],
  ])('%s', async (_name, alter) => {
    const proof = sent(await eventProof(ctx, { id: ids[3]! }));
    expect(checkProof(alter(proof))).toMatchObject({ holds: false });
  });

  test.each([null, 7, 'text', [], {}])('it is %j', (value) => {
    expect(checkProof(value)).toMatchObject({ holds: false, why: expect.stringContaining('not a proof') });
  });
});

describe('there is no proof', () => {
  test('of an event that is not sealed, not final, or not there, and each says so', async () => {
    await audited(ctx, { action: 'job.run' }, async (event) => {
      await expect(eventProof(ctx, { id: event.id })).rejects.toThrow(/not final yet/);
      ids.push(event.id);
    });
    await expect(eventProof(ctx, { id: ids.at(-1)! })).rejects.toThrow(/not sealed yet/);
    const none = '019c0000-0000-7000-8000-000000000000';
    await expect(eventProof(ctx, { id: none })).rejects.toMatchObject({ code: 'not_found' });
    await expect(eventProof(ctx, { id: 'x' })).rejects.toMatchObject({ code: 'invalid' });
  });

  test('L8: for hosts and strangers', async () => {
    for (const actor of [await s.person(), { type: 'anonymous' } as const]) {
      await expect(eventProof(s.as(actor), { id: ids[0]! })).rejects.toMatchObject({ code: 'forbidden' });
    }
  });
});
