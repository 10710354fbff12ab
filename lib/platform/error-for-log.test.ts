import { Writable } from 'node:stream';
import pino from 'pino';
import { expect, it } from 'vitest';
import { people } from '@/db/schema/people';
import { createTestDatabase } from '@/db/testing';
import { errorForLog } from './error-for-log';
import { logOptions } from './log';

it('keeps the statement that failed and why, and none of its values', async () => {
  const database = await createTestDatabase();
  const person = {
    username: 'ada',
    email: 'ada@example.org',
    displayName: 'Ada\nBrandt',
    role: 'host',
    passwordHash: '$argon2id$secret',
  } as const;
  await database.db.insert(people).values(person);
  const failure: unknown = await database.db
    .insert(people)
    .values(person)
    .catch((error: unknown) => error);
  await database.close();

  let written = '';
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      written += String(chunk);
      done();
    },
  });
  pino({ ...logOptions, level: 'info' }, sink).error({ err: failure }, 'it failed');
  expect(written).toContain('insert into');
  expect(written).toContain('23505');
  expect(written).toContain('people_username_key');
  expect(written).toContain('error-for-log.test.ts');
  expect(written).not.toMatch(/argon2id|ada@example|Brandt|=\(ada\)/);
});

it('keeps what other errors say, their fields and their causes', () => {
  const error = Object.assign(new Error('outer $& $1', { cause: new TypeError('inner') }), { kind: 'later' });
  expect(errorForLog(error)).toMatchObject({
    type: 'Error',
    message: 'outer $& $1',
    stack: expect.stringContaining('outer $& $1'),
    kind: 'later',
    cause: { type: 'TypeError', message: 'inner' },
  });
  expect(errorForLog('a text')).toBe('a text');
  expect(errorForLog(new AggregateError([new Error('one')], 'many'))).toMatchObject({
    errors: [{ message: 'one' }],
  });
});
