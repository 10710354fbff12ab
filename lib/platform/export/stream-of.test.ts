import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ReaderGone, streamOf } from './stream-of';

const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();
const settle = async () => {
  for (let index = 0; index < 20; index++) await turn();
};

it('gives what is written, in UTF-8, and ends', async () => {
  const stream = await streamOf(async (write) => {
    await write('Grüße ');
    await write('🎈');
  });
  expect(await textOf(stream)).toBe('Grüße 🎈');
  expect(await textOf(await streamOf(async () => {}))).toBe('');
});

it('gives bytes as they are', async () => {
  const bytes = new Uint8Array([0xff, 0x00, 0x80]);
  const stream = await streamOf((write) => write(bytes));
  expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(bytes);
});

it('makes the work wait until somebody reads', async () => {
  let taken = 0;
  const stream = await streamOf(async (write) => {
    for (let index = 0; index < 100; index++) {
      await write('x'.repeat(1000));
      taken += 1;
    }
  });
  await settle();
  expect(taken).toBe(0);
  const reader = stream.getReader();
  for (let index = 0; index < 5; index++) await reader.read();
  await settle();
  expect(taken).toBeLessThanOrEqual(6);
  await reader.cancel();
});

it('throws what fails before the first piece', async () => {
  const failing = streamOf(async () => {
    throw new Error('no rows');
  });
  await expect(failing).rejects.toThrow('no rows');
});

it('breaks when the work fails later, and never only ends', async () => {
  const stream = await streamOf(async (write) => {
    await write('half');
    throw new Error('the database went away');
  });
  await expect(textOf(stream)).rejects.toThrow('the database went away');
});

it('tells the work at its next piece that the reader is gone', async () => {
  let failure: unknown;
  let pieces = 0;
  const stream = await streamOf(async (write) => {
    try {
      for (;;) {
        await write('x');
        pieces += 1;
      }
    } catch (error) {
      failure = error;
      throw error;
    }
  });
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel();
  await settle();
  expect(failure).toBeInstanceOf(ReaderGone);
  expect(pieces).toBeLessThanOrEqual(2);
});
