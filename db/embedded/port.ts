import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** Whether nobody listens on `port` of `host` and we may. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port of 127.0.0.1 that is free right now. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** The wished port, else the one that the cluster used last, if free; else any other. */
export async function choosePort(home: string, wished?: number): Promise<number> {
  for (const port of [wished, rememberedPort(home)]) {
    if (port !== undefined && (await isFree(port))) return port;
  }
  return anyFreePort();
}

export function rememberPort(home: string, port: number): void {
  writeFileSync(path.join(home, 'port'), `${port}\n`);
}

function rememberedPort(home: string): number | undefined {
  try {
    const port = Number(readFileSync(path.join(home, 'port'), 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}
