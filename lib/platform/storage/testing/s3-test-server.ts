import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, type S3TestAnswer, type S3TestState } from './s3-test-answers';
import { S3TestBucket } from './s3-test-bucket';
import { checkSigned, S3TestError } from './s3-test-request';
import { document } from './s3-test-xml';

/**
 * Something that goes wrong with a request. 'drop-after': it is carried out, but its answer gets lost; 'meanwhile':
 * something happens before it is carried out.
 */
export type S3Fault =
  | { type: 'status'; status: number; code: string }
  | { type: 'drop' }
  | { type: 'drop-after' }
  | { type: 'delay'; ms: number }
  | { type: 'meanwhile'; act: () => void };

export interface S3TestRequest {
  method: string;
  /** Path and query, as sent. */
  url: string;
  /** Of a PUT that names one. */
  storageClass?: string;
}

const CALM = { pageSize: 1_000, needsContentMd5: false, conditions: 'kept' } as const;

interface PlannedFault {
  fault: S3Fault;
  times: number;
  matches: (request: S3TestRequest) => boolean;
}

/**
 * A small server that speaks S3's protocol, path style, from memory: enough of PUT, GET, HEAD and DELETE, of
 * DeleteObjects, ListObjectsV2 and GetBucketVersioning for the storage and its tests. It can fail on command.
 */
export class S3TestServer {
  readonly accessKeyId = 'test-key';
  readonly secretAccessKey = 'test-secret';
  readonly buckets = new Map<string, S3TestBucket>();
  /** Every request, in order of arrival. */
  readonly requests: S3TestRequest[] = [];
  readonly state: S3TestState = { ...CALM, keyErrors: new Map() };
  readonly #faults: PlannedFault[] = [];
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  static async start(...buckets: string[]): Promise<S3TestServer> {
    const server = new S3TestServer();
    for (const name of buckets) server.buckets.set(name, new S3TestBucket());
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  bucket(name: string): S3TestBucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw new Error(`no bucket ${name}`);
    return bucket;
  }

  /** The next `times` requests that match meet the fault. */
  fail(fault: S3Fault, times = 1, matches: PlannedFault['matches'] = () => true): void {
    this.#faults.push({ fault, times, matches });
  }

  /** The next `times` deletions of `key` in a DeleteObjects answer with this error, for this key only. */
  failKey(key: string, code: string, times = 1, message = code): void {
    this.state.keyErrors.set(key, { code, message, times });
  }

  /** Forgets planned faults and past requests; the objects stay. */
  calm(): void {
    this.#faults.length = 0;
    this.requests.length = 0;
    this.state.keyErrors.clear();
    Object.assign(this.state, CALM);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const storageClass = request.headers['x-amz-storage-class'];
    const seen = {
      method: request.method ?? '',
      url: request.url ?? '',
      ...(typeof storageClass === 'string' && { storageClass }),
    };
    this.requests.push(seen);
    const fault = this.#takeFault(seen);
    if (fault?.type === 'drop') {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (fault?.type === 'delay') await sleep(fault.ms);
    if (fault?.type === 'meanwhile') fault.act();
    const result = this.#answer(request, Buffer.concat(chunks), fault);
    if (fault?.type === 'drop-after') {
      request.socket.destroy();
      return;
    }
    const body = result.body ?? Buffer.alloc(0);
    response.writeHead(result.status, { 'content-length': body.length, ...result.headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  #takeFault(request: S3TestRequest): S3Fault | null {
    const planned = this.#faults.find(({ times, matches }) => times > 0 && matches(request));
    if (!planned) return null;
    planned.times -= 1;
    return planned.fault;
  }

  #answer(request: IncomingMessage, body: Buffer, fault: S3Fault | null): S3TestAnswer {
    try {
      if (fault?.type === 'status') throw new S3TestError(fault.status, fault.code);
      checkSigned(request, body, this.accessKeyId);
      return answer(this.buckets, this.state, request, body);
    } catch (error) {
      if (!(error instanceof S3TestError)) throw error;
      const xml = Buffer.from(document('Error', { Code: error.code, Message: error.message }));
      return {
        status: error.status,
        // The answer to a HEAD has no body; it says the length that the body of a GET would have had.
        headers: { 'content-type': 'application/xml' },
        body: xml,
      };
    }
  }
}
