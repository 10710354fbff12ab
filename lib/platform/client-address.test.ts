import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { clientAddress, networkOf, proxiesOf, readProxies, settleClientAddress } from './client-address';

const nobody = readProxies('');
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

describe('what a server finds in x-forwarded-for', () => {
  async function ask(forwardedFor: string | undefined): Promise<string> {
    const server = createServer((incoming, response) =>
      response.end(String(incoming.headers['x-forwarded-for'])),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
      request({ port, host: '127.0.0.1', headers }, async (response) => {
        resolve((await response.setEncoding('utf8').toArray()).join(''));
      })
        .on('error', reject)
        .end();
    });
  }

  it('is the peer, whatever the client claims, when no proxy stands before', async () => {
    const ignored: string[] = [];
    undo.push(settleClientAddress(nobody, (peer) => ignored.push(peer)));
    expect(await ask('203.0.113.9')).toBe('127.0.0.1');
    expect(await ask('203.0.113.9, 198.51.100.1')).toBe('127.0.0.1');
    expect(await ask(undefined)).toBe('127.0.0.1');
    expect(ignored).toEqual(['127.0.0.1', '127.0.0.1']);
  });

  it('is whom our proxy names', async () => {
    undo.push(settleClientAddress(readProxies('loopback')));
    expect(await ask('203.0.113.9, 198.51.100.1')).toBe('198.51.100.1');
  });
});

describe('clientAddress', () => {
  const ours = readProxies('10.0.0.0/8, fd00::/8, 192.0.2.7');

  it('goes back through our proxies to the first stranger', () => {
    expect(clientAddress('10.1.1.1', '6.6.6.6, 198.51.100.1, 10.2.2.2', ours)).toBe('198.51.100.1');
    expect(clientAddress('fd00::1', '198.51.100.1', ours)).toBe('198.51.100.1');
    expect(clientAddress('::ffff:192.0.2.7', '2001:db8::1', ours)).toBe('2001:db8::1');
  });

  it('stays with the last known when a proxy names nobody, or no address', () => {
    expect(clientAddress('10.1.1.1', undefined, ours)).toBe('10.1.1.1');
    expect(clientAddress('10.1.1.1', 'unknown', ours)).toBe('10.1.1.1');
    expect(clientAddress('10.1.1.1', '<script>', ours)).toBe('10.1.1.1');
  });

  it('believes nobody unless told, or unless TLS means a proxy on this machine', () => {
    expect(proxiesOf({})('127.0.0.1')).toBe(false);
    expect(proxiesOf({ NEXTAUTH_URL: 'http://localhost:3000' })('127.0.0.1')).toBe(false);
    const behindTls = proxiesOf({ NEXTAUTH_URL: 'https://lapse.example.org' });
    expect([behindTls('127.0.0.1'), behindTls('10.0.0.1')]).toEqual([true, false]);
    expect(proxiesOf({ NEXTAUTH_URL: 'https://a.b', LAPSE_TRUSTED_PROXIES: 'none' })('127.0.0.1')).toBe(
      false,
    );
  });

  it.each(['10.0.0.0/33', 'proxy.example.org', '10.0.0.0/x', '::1/129'])('refuses %s as a proxy', (text) => {
    expect(() => readProxies(text)).toThrow(JSON.stringify(text));
  });
});

it.each([
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::ffff:9', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['192.0.2.1', '192.0.2.1'],
  ['unknown', 'unknown'],
])('networkOf: %s is of %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
