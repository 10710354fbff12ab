import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { audited } from '../record';
import { SETTLING_MS, sealEvents } from '../seal/seal-events';
import { makeSigningKey, readSigningKey } from '../seal/signing-key';
import { sealState } from './seal-state';

let database: TestDatabase;
let s: Scenario;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
});
afterAll(() => database.close());

test('B4: an event is going on, waits for its seal, and is sealed; whoever may not read the log learns nothing', async () => {
  const ctx = s.as({ type: 'cli', osUser: 'root' });
  const id = await audited(ctx, { action: 'job.run' }, async (event) => {
    expect(await sealState(ctx, event)).toEqual({
      sealed: false,
      why: expect.stringMatching(/not final yet/),
    });
    return event.id;
  });
  expect(await sealState(ctx, { id })).toEqual({
    sealed: false,
    why: expect.stringMatching(/a quarter of an hour/),
  });
  s.clock.set(new Date(s.clock.now().getTime() + SETTLING_MS + 1));
  await sealEvents(ctx, { keys: { current: readSigningKey(makeSigningKey()) } });
  expect(await sealState(ctx, { id })).toEqual({
    sealed: true,
    segment: 1,
    statement: 2,
    signedAt: s.clock.now().toISOString().replace('Z', '000Z'),
  });
  await expect(sealState(s.as(await s.person()), { id })).rejects.toMatchObject({ code: 'forbidden' });

  // Somebody with the database in his hands alters the row: it is not said to be sealed any more.
  const { sql } = database.owner;
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update audit_events set actor = 'user:99' where id = ${id}`;
  });
  expect(await sealState(ctx, { id })).toEqual({
    sealed: false,
    why: expect.stringMatching(/Verify the log/),
  });
});
