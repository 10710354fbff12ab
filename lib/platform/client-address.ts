import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Whether an address belongs to a proxy of ours, whose word about who asked is taken. */
export type IsProxy = (address: string) => boolean;

const NAMES: Record<string, string[]> = { loopback: ['127.0.0.0/8', '::1'], none: [] };

/**
 * Reads LAPSE_TRUSTED_PROXIES: addresses and networks ('10.1.2.3', '10.0.0.0/8', 'fd00::/8'), separated by commas,
 * 'loopback' for this machine, 'none' for nobody. Throws an Error that names what it cannot read.
 */
export function readProxies(text: string): IsProxy {
  const list = new BlockList();
  for (const part of text.split(',').flatMap((one) => one.trim() || [])) {
    for (const network of NAMES[part] ?? [part]) addTo(list, network);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/**
 * The proxies of this environment. Without LAPSE_TRUSTED_PROXIES nobody is believed, except that TLS, which Lapse does not
 * speak itself, means a proxy, and that is looked for on this machine.
 */
export function proxiesOf(env: {
  LAPSE_TRUSTED_PROXIES?: string | undefined;
  NEXTAUTH_URL?: string | undefined;
}): IsProxy {
  return readProxies(
    env.LAPSE_TRUSTED_PROXIES ?? (env.NEXTAUTH_URL?.startsWith('https://') ? 'loopback' : 'none'),
  );
}

function addTo(list: BlockList, network: string): void {
  const [address = '', bits] = network.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const longest = family === 'ipv6' ? 128 : 32;
  const length = bits === undefined ? longest : Number(bits);
  if (isIP(address) === 0 || !/^\d+$/.test(bits ?? '0') || length > longest) {
    throw new Error(
      `${JSON.stringify(network)} is not an address, nor a network such as 10.0.0.0/8, nor loopback, nor none`,
    );
  }
  list.addSubnet(address, length, family);
}

/**
 * Who really asked: the peer of the connection, or, when that is a proxy of ours, whom it names last in
 * `x-forwarded-for`, and so on. What stands before the first stranger is his own claim.
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, isProxy: IsProxy): string {
  const claimed = (forwardedFor ?? '').split(',').flatMap((one) => one.trim() || []);
  let address = plain(peer);
  while (isProxy(address)) {
    const before = plain(claimed.pop() ?? '');
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** An IPv4 address that came over an IPv6 socket is the same address. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '');

/**
 * The part of an address that one party holds: an IPv6 customer gets a network of 64 bits, and with it more addresses than
 * could ever be counted one by one. An IPv4 address, or what is no address, is returned as it is.
 */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [head = '', tail = ''] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const zeros = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => '0');
  return `${[...groups(head), ...zeros, ...groups(tail)].slice(0, 4).join(':')}::/64`;
}

/**
 * From now on every HTTP server of this process finds in `x-forwarded-for` who really asked, and nothing else: Next keeps
 * what the client wrote there. Returns how to end it. `onIgnored` hears of a peer whose claim was dropped.
 */
export function settleClientAddress(
  isProxy: IsProxy,
  onIgnored: (peer: string) => void = () => {},
): () => void {
  const settle = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    const peer = plain(request.socket.remoteAddress ?? '');
    const header = request.headers['x-forwarded-for'];
    const claim = Array.isArray(header) ? header.join(',') : header;
    if (claim !== undefined && !isProxy(peer)) onIgnored(peer);
    request.headers['x-forwarded-for'] = clientAddress(peer, claim, isProxy);
  };
  diagnostics.subscribe('http.server.request.start', settle);
  return () => void diagnostics.unsubscribe('http.server.request.start', settle);
}
