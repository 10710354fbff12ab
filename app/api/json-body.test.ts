import { expect, test, vi } from 'vitest';
import { jsonBody } from './json-body';

vi.mock('server-only', () => ({}));

const read = (body: string, type = 'application/json') =>
  jsonBody(
    new Request('https://lapse.example.org/api', { method: 'POST', body, headers: { 'Content-Type': type } }),
  );
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

test('a document is read as it is, and nothing is undefined', async () => {
  expect(await read('{"consent": false, "notes": "😀"}')).toEqual({ consent: false, notes: '😀' });
  expect(await read('')).toBeUndefined();
});

test.each([
  ['no JSON', '{"a": ', 'The body is no JSON document in UTF-8.'],
  ['65 levels', nested(65), 'The body is nested too deeply: use at most 64 levels.'],
  ['more levels than a stack has room for', nested(30_000), 'The body is nested too deeply'],
])('L10: refuses %s', async (_, body, message) => {
  await expect(read(body)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining(message),
  });
});

test('takes 64 levels', async () => {
  expect(JSON.stringify(await read(nested(64)))).toBe(nested(64));
});

test('refuses another type, and more than 64 KiB, before anything is read of it', async () => {
  await expect(read('{}', 'text/plain')).rejects.toMatchObject({ status: 415 });
  await expect(read(`"${'x'.repeat(64 * 1024)}"`)).rejects.toMatchObject({ status: 413 });
});
