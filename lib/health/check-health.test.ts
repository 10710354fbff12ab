import { expect, it } from 'vitest';
import { connect } from '@/db/client';
import { createTestDatabase } from '@/db/testing';
import { checkHealth } from './check-health';

it('B11: is ok while the database answers', async () => {
  const database = await createTestDatabase();
  try {
    expect(await checkHealth(() => database.db)).toMatchObject({
      status: 'ok',
      checks: { database: { ok: true } },
    });
  } finally {
    await database.close();
  }
});

it('B11: is unavailable when nobody listens, and names neither the address nor the password', async () => {
  const nobody = connect('postgres://lapse:secret@127.0.0.1:1/lapse');
  const health = await checkHealth(() => nobody.db);
  await nobody.close();
  expect(health).toMatchObject({ status: 'unavailable', checks: { database: { ok: false } } });
  expect(JSON.stringify(health)).not.toMatch(/secret|127\.0\.0\.1/);
});

it('B11: is unavailable when the services cannot even be made', async () => {
  const health = await checkHealth(() => {
    throw new Error('DATABASE_URL is not set');
  });
  expect(health.status).toBe('unavailable');
});
