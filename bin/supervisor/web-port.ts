import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import net from 'node:net';
import { commandLine } from '../../db/embedded/processes';
import { StartFailure } from './failure';

export const DEFAULT_PORT = 3000;
const TRIES = 50;

/**
 * The port to serve on. One that was asked for (`PORT`) is taken or the start fails, saying who has it; without a wish
 * it is 3000 or the next free one. `host` is the address that the server will listen on.
 */
export async function chooseWebPort(wished: string | undefined, host: string): Promise<number> {
  if (wished?.trim()) {
    const port = parsePort(wished);
    const state = await probe(port, host);
    if (state === 'free') return port;
    throw state === 'taken' ? takenFailure(port) : forbiddenFailure(port);
  }
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + TRIES; port++) {
    if ((await probe(port, host)) === 'free') return port;
  }
  throw new StartFailure(
    `No port from ${DEFAULT_PORT} to ${DEFAULT_PORT + TRIES - 1} is free. Choose one: PORT=8080 npm start`,
  );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new StartFailure(`PORT is "${text}"; use a whole number from 1 to 65535.`);
}

/**
 * A browser that is given `localhost` tries ::1 before 127.0.0.1, so somebody who listens there would take our visitors:
 * a port counts as free when both are.
 */
async function probe(port: number, host: string): Promise<'free' | 'taken' | 'forbidden'> {
  for (const address of new Set([host, '127.0.0.1', '::1'])) {
    const code = await tryToListen(port, address);
    if (code === 'EADDRINUSE') return 'taken';
    if (code === 'EACCES') return 'forbidden';
    if (code !== undefined && address === host) {
      throw new StartFailure(
        `Lapse cannot listen on LAPSE_HOST=${host}: ${code}. Use an address of this machine.`,
      );
    }
  }
  return 'free';
}

function tryToListen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, ipv6Only: host === '::1', exclusive: true }, () =>
      server.close(() => resolve(undefined)),
    );
  });
}

function takenFailure(port: number): StartFailure {
  const holder = listenerOn(port);
  const who = holder
    ? `process ${holder} (${commandLine(holder) ?? 'its name is not ours to read'})`
    : 'another process';
  return new StartFailure(
    `Port ${port} is taken by ${who}. Stop it, or choose another port: PORT=${port === 65_535 ? port - 1 : port + 1} npm start`,
  );
}

function forbiddenFailure(port: number): StartFailure {
  return new StartFailure(
    `Only root may listen on port ${port}. Choose one above 1023 (PORT=8080 npm start) and put a proxy before it.`,
  );
}

/** The process that listens on a TCP port, where the system tells us. */
export function listenerOn(port: number): number | undefined {
  try {
    return process.platform === 'linux' ? fromProc(port) : fromLsof(port);
  } catch {
    return undefined;
  }
}

function fromLsof(port: number): number | undefined {
  const output = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp'], { encoding: 'utf8' });
  return Number(/^p(\d+)/m.exec(output)?.[1]) || undefined;
}

const LISTENING = '0A';

function fromProc(port: number): number | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
      readIfThere(table)
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === LISTENING)
        .map((fields) => `socket:[${fields[9]}]`),
    ),
  );
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => descriptorsOf(pid).some((target) => sockets.has(target)));
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** What the open files of a process are; nothing for processes of other users. */
function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${name}`);
      } catch {
        return '';
      }
    });
  } catch {
    return [];
  }
}
