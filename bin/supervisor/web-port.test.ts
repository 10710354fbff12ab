import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { anyFreePort } from '../../db/embedded/port';
import { chooseWebPort, listenerOn } from './web-port';

const open: net.Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function occupy(host: string): Promise<number> {
  const server = net.createServer();
  open.push(server);
  await new Promise<void>((resolve) => server.listen({ port: 0, host }, resolve));
  return (server.address() as net.AddressInfo).port;
}

test('a free port that was asked for is taken', async () => {
  const port = await anyFreePort();
  expect(await chooseWebPort(String(port), '127.0.0.1')).toBe(port);
});

test('a taken port that was asked for is refused, with the process that has it and what to do', async () => {
  const port = await occupy('127.0.0.1');
  await expect(chooseWebPort(String(port), '127.0.0.1')).rejects.toThrow(
    new RegExp(`Port ${port} is taken by .*PORT=${port + 1} npm start`),
  );
});

test('a port that is taken on ::1 only is taken too: browsers try that first', async () => {
  const port = await occupy('::1').catch(() => undefined);
  if (port === undefined) return;
  await expect(chooseWebPort(String(port), '127.0.0.1')).rejects.toThrow(/taken/);
});

test('without a wish the next free port from 3000 on is taken', async () => {
  const port = await chooseWebPort(undefined, '127.0.0.1');
  expect(port).toBeGreaterThanOrEqual(3000);
  expect(port).toBeLessThan(3050);
  expect(await chooseWebPort(' ', '127.0.0.1')).toBe(port);
});

test.each(['0', '65536', '-1', '3000.5', 'http'])('PORT=%s is refused with the range', async (wish) => {
  await expect(chooseWebPort(wish, '127.0.0.1')).rejects.toThrow(/whole number from 1 to 65535/);
});

test('an address that is not of this machine is refused', async () => {
  const port = await anyFreePort();
  await expect(chooseWebPort(String(port), '192.0.2.1')).rejects.toThrow(/LAPSE_HOST=192\.0\.2\.1/);
});

test.runIf(process.platform === 'linux')('finds the process that listens', async () => {
  expect(listenerOn(await occupy('127.0.0.1'))).toBe(process.pid);
});
