import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
  request as sendRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What can happen to a request between a client and its server. drop: it never reaches the server. 500, 503: something on
 * the way answers instead of the server. delay: it arrives late, and is answered. hang: it is carried out and never
 * answered. cut: it is carried out, and the connection breaks before the answer. truncate: half of the answer arrives.
 */
export const PROXY_FAULTS = ['drop', '500', '503', 'delay', 'hang', 'cut', 'truncate'] as const;
export type ProxyFault = (typeof PROXY_FAULTS)[number];

export const DELAY_MS = 20;

/** A way to an HTTP server on which things go wrong on command. */
export class FaultProxy {
  /** What happens to the next requests, one after another; those after them pass. */
  readonly faults: (ProxyFault | 'pass')[] = [];
  /** Requests so far, the faulty ones included. */
  requests = 0;
  readonly #target: string;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => request.socket.destroy());
  });

  private constructor(target: string) {
    this.#target = target;
  }

  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const fault = this.faults.shift() ?? 'pass';
    if (fault === 'drop') {
      request.socket.destroy();
      return;
    }
    const body = await readAll(request);
    if (fault === '500' || fault === '503') {
      response.writeHead(Number(fault), { 'content-length': 0 }).end();
      return;
    }
    if (fault === 'delay') await sleep(DELAY_MS);
    const answer = await this.#forward(request, body);
    if (fault === 'hang') return;
    if (fault === 'cut') request.socket.destroy();
    else if (fault === 'truncate') {
      const whole = onTheWire(answer);
      request.socket.end(whole.subarray(0, Math.floor(whole.length / 2)), () => request.socket.destroy());
    } else {
      response.writeHead(answer.status, answer.headers);
      response.end(request.method === 'HEAD' ? undefined : answer.body);
    }
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method = 'GET', url = '/', headers } = request;
    return new Promise((resolve, reject) => {
      // The host stays the one that was signed.
      const forwarded = sendRequest(new URL(url, this.#target), { method, headers }, (answer) => {
        readAll(answer).then(
          (content) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }),
          reject,
        );
      });
      forwarded.once('error', reject);
      forwarded.end(body);
    });
  }
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function onTheWire({ status, headers, body }: Answer): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`),
    body,
  ]);
}
