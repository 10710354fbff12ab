import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRetentionDays, RETENTION_DAYS } from '../log-store';

/** 'drop-after': it is carried out, but its answer gets lost; 'meanwhile': something happens before it is carried out. */
export type CloudWatchFault =
  | { type: 'error'; status: number; code: string }
  | { type: 'drop' }
  | { type: 'drop-after' }
  | { type: 'delay'; ms: number }
  | { type: 'meanwhile'; act: () => void | Promise<void> };

export interface TestGroup {
  retentionDays: number | null;
  storedBytes: number;
  /** The first event of each stream; null: a stream without events. */
  streams: { createdAt: Date; firstEventAt: Date | null }[];
}

interface PlannedFault {
  fault: CloudWatchFault;
  times: number;
  action: string | null;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message = code,
  ) {
    super(message);
  }
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/[\w-]+\/logs\/aws4_request,/;

/**
 * A small server that speaks the protocol of CloudWatch Logs (JSON 1.1), from memory: enough of it for the log store and
 * its tests. It can fail on command.
 */
export class CloudWatchTestServer {
  readonly accessKeyId = 'test-key';
  readonly secretAccessKey = 'test-secret';
  readonly groups = new Map<string, TestGroup>();
  /** The action of every request, in order of arrival, such as 'PutRetentionPolicy'. */
  readonly requests: string[] = [];
  pageSize = 50;
  readonly #faults: PlannedFault[] = [];
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<CloudWatchTestServer> {
    const server = new CloudWatchTestServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A group whose streams began with these events. */
  add(name: string, firstEvents: (Date | null)[] = [], values: Partial<TestGroup> = {}): TestGroup {
    const streams = firstEvents.map((firstEventAt) => ({
      createdAt: firstEventAt ?? new Date(0),
      firstEventAt,
    }));
    const group = { retentionDays: null, storedBytes: 1_000, streams, ...values };
    this.groups.set(name, group);
    return group;
  }

  /** The next `times` requests of that action (null: of any) meet the fault. */
  fail(fault: CloudWatchFault, times = 1, action: string | null = null): void {
    this.#faults.push({ fault, times, action });
  }

  /** Forgets planned faults and past requests; the groups stay. */
  calm(): void {
    this.#faults.length = 0;
    this.requests.length = 0;
    this.pageSize = 50;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = String(request.headers['x-amz-target'] ?? '').replace(/^Logs_20140328\./, '');
    this.requests.push(action);
    const fault = this.#takeFault(action);
    if (fault?.type === 'drop') return void request.socket.destroy();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (fault?.type === 'delay') await sleep(fault.ms);
    if (fault?.type === 'meanwhile') await fault.act();
    const { status, body } = this.#answer(request, action, Buffer.concat(chunks), fault);
    if (fault?.type === 'drop-after') return void request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  }

  #takeFault(action: string): CloudWatchFault | null {
    const planned = this.#faults.find(({ times, action: of }) => times > 0 && (of === null || of === action));
    if (!planned) return null;
    planned.times -= 1;
    return planned.fault;
  }

  #answer(
    request: IncomingMessage,
    action: string,
    body: Buffer,
    fault: CloudWatchFault | null,
  ): { status: number; body: unknown } {
    try {
      if (fault?.type === 'error') throw new Refusal(fault.status, fault.code);
      const [, key] = AUTHORIZATION.exec(request.headers.authorization ?? '') ?? [];
      if (key === undefined) throw new Refusal(400, 'MissingAuthenticationTokenException');
      if (key !== this.accessKeyId) throw new Refusal(400, 'UnrecognizedClientException');
      return { status: 200, body: this.#act(action, JSON.parse(body.toString())) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: { __type: error.code, message: error.message } };
    }
  }

  #act(action: string, input: Record<string, unknown>): unknown {
    switch (action) {
      case 'DescribeLogGroups':
        return this.#describeGroups(String(input.logGroupNamePrefix ?? ''), input);
      case 'DescribeLogStreams':
        return this.#describeStreams(input);
      case 'PutRetentionPolicy':
        return this.#putRetention(input);
      case 'DeleteRetentionPolicy':
        this.#group(input).retentionDays = null;
        return {};
      default:
        throw new Refusal(400, 'UnknownOperationException');
    }
  }

  #describeGroups(prefix: string, input: Record<string, unknown>): unknown {
    const found = [...this.groups]
      .filter(([name]) => name.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const { items, nextToken } = this.#page(found, input);
    const logGroups = items.map(([logGroupName, { retentionDays, storedBytes }]) => ({
      logGroupName,
      storedBytes,
      ...(retentionDays === null ? {} : { retentionInDays: retentionDays }),
    }));
    return { logGroups, ...nextToken };
  }

  #describeStreams(input: Record<string, unknown>): unknown {
    const { items, nextToken } = this.#page(this.#group(input).streams, input);
    const logStreams = items.map(({ createdAt, firstEventAt }, index) => ({
      logStreamName: `stream-${index}`,
      creationTime: createdAt.getTime(),
      ...(firstEventAt ? { firstEventTimestamp: firstEventAt.getTime() } : {}),
    }));
    return { logStreams, ...nextToken };
  }

  #putRetention(input: Record<string, unknown>): unknown {
    const group = this.#group(input);
    const days = Number(input.retentionInDays);
    if (!isRetentionDays(days)) {
      throw new Refusal(400, 'InvalidParameterException', `retentionInDays must be one of ${RETENTION_DAYS}`);
    }
    group.retentionDays = days;
    return {};
  }

  #group({ logGroupName }: Record<string, unknown>): TestGroup {
    const group = this.groups.get(String(logGroupName));
    if (!group)
      throw new Refusal(400, 'ResourceNotFoundException', 'The specified log group does not exist.');
    return group;
  }

  #page<T>(all: T[], { nextToken = '0' }: Record<string, unknown>): { items: T[]; nextToken: object } {
    const from = Number(nextToken);
    const to = from + this.pageSize;
    return { items: all.slice(from, to), nextToken: to < all.length ? { nextToken: String(to) } : {} };
  }
}
