import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { acceptEvent } from './events';
import type { Runner } from './runner';
import type { RunnerContext } from './runner-context';

const MAX_BODY_BYTES = 1024 * 1024;

const event = z.looseObject({
  id: z.string().min(1).nullish(),
  name: z.string().min(1),
  data: z.record(z.string(), z.unknown()).default({}),
  ts: z.number().int().optional(),
});

export interface EventServer {
  port: number;
  close(): Promise<void>;
}

/**
 * The runner's own address, on the loopback interface only: `POST /e/<event key>` takes events as the SDK sends them,
 * `GET /health` says how it is. `port` 0 takes a free one.
 */
export async function listen(
  ctx: RunnerContext,
  runner: Runner,
  options: { port: number; host?: string; eventKey: string },
): Promise<EventServer> {
  const server = createServer((incoming, response) => {
    handle(ctx, runner, options.eventKey, incoming)
      .catch((error: unknown) => {
        ctx.log.error({ err: error }, 'a request to the job runner failed');
        return { status: 500, body: { status: 500, error: 'the job runner failed' } };
      })
      .then(({ status, body }) => reply(response, status, body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host ?? '127.0.0.1', resolve);
  });
  return { port: portOf(server), close: () => close(server) };
}

interface Reply {
  status: number;
  body: unknown;
}

async function handle(
  ctx: RunnerContext,
  runner: Runner,
  eventKey: string,
  incoming: IncomingMessage,
): Promise<Reply> {
  const path = new URL(incoming.url ?? '/', 'http://localhost').pathname;
  if (incoming.method === 'GET' && path === '/health') return health(ctx, runner);
  const key = /^\/e\/([^/]+)$/.exec(path)?.[1];
  if (incoming.method !== 'POST' || !key) return refusal(404, 'there is nothing here');
  if (!isEqual(decodeURIComponent(key), eventKey)) return refusal(401, 'the event key is not right');
  // Before the functions are known, an event would be accepted and begin nothing.
  if (!runner.ready) return refusal(503, 'the app has not said its functions yet');

  const body = await readBody(incoming);
  if (body === null) return refusal(413, `events may have ${MAX_BODY_BYTES} bytes at the most`);
  const parsed = z.union([z.array(event), event.transform((one) => [one])]).safeParse(parseJson(body));
  if (!parsed.success) return refusal(400, `this is no event: ${z.prettifyError(parsed.error)}`);

  // The same for each retry of the SDK, so that events without an id of their own are not doubled by one.
  const seed = String(incoming.headers['x-inngest-event-id-seed'] ?? Math.random());
  const now = ctx.clock.now().getTime();
  const events = parsed.data.map((one, place) => ({
    ...one,
    id: one.id ?? createHash('sha256').update(`${seed},${place}`).digest('hex').slice(0, 32),
    ts: one.ts ?? now,
  }));
  await ctx.db.transaction(async (tx) => {
    for (const one of events) await acceptEvent(ctx, tx, one);
  });
  runner.kick();
  return { status: 200, body: { ids: events.map((one) => one.id), status: 200 } };
}

async function health(ctx: RunnerContext, runner: Runner): Promise<Reply> {
  const ok = runner.ready && !runner.problem;
  return {
    status: ok ? 200 : 503,
    body: { ok, functions: [...ctx.functions.keys()], problem: runner.problem ?? null },
  };
}

const refusal = (status: number, error: string): Reply => ({ status, body: { status, error } });

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Null when it is too long. */
async function readBody(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isEqual(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
