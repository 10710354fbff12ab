import { Cron } from 'croner';
import { z } from 'zod';
import { parseDuration } from './durations';
import { type Condition, compileCondition, compilePath } from './expression';

/** A function as the runner understands it. */
export interface FunctionConfig {
  id: string;
  /** Attempts in all: the function's retries and the first one. */
  maxAttempts: number;
  /** How many of its steps may be out at once; null: no limit of its own. */
  concurrency: number | null;
  events: { name: string; condition: Condition }[];
  /** With their zone, such as 'TZ=UTC 0 2 1 * *'. */
  crons: string[];
  cancels: { event: string; condition: Condition; withinMs: number | null }[];
  idempotencyKey: ((event: unknown) => unknown) | null;
}

const limit = z.union([
  z.number().int().min(0),
  z.strictObject({ limit: z.number().int().min(0), scope: z.literal('fn').optional() }),
]);

/** Strict: batchEvents, rateLimit, throttle, debounce, priority, singleton, timeouts and jitter are not known here. */
const schema = z.strictObject({
  id: z.string().min(1),
  name: z.string().optional(),
  triggers: z.array(
    z.union([
      z.strictObject({ event: z.string(), expression: z.string().optional() }),
      z.strictObject({ cron: z.string() }),
    ]),
  ),
  steps: z.strictObject({
    step: z.looseObject({
      runtime: z.looseObject({ type: z.literal('http') }),
      retries: z.strictObject({ attempts: z.number().int().min(0).optional() }).optional(),
    }),
  }),
  concurrency: z.union([limit, z.tuple([limit])]).optional(),
  idempotency: z.string().optional(),
  cancel: z
    .array(z.strictObject({ event: z.string(), if: z.string().optional(), timeout: z.string().optional() }))
    .optional(),
});

const DEFAULT_RETRIES = 3;
const always: Condition = () => true;

/**
 * Reads what the app said it has. Throws one Error that names everything this runner cannot do: a limit or a key that
 * was silently ignored would be found out only when it mattered.
 */
export function readFunctionConfigs(raw: unknown[]): FunctionConfig[] {
  const problems: string[] = [];
  const configs: FunctionConfig[] = [];
  for (const item of raw) {
    try {
      configs.push(readFunctionConfig(item));
    } catch (error) {
      const id = z.object({ id: z.string() }).safeParse(item).data?.id ?? 'a function without an id';
      problems.push(`${id}: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`);
    }
  }
  if (problems.length > 0)
    throw new Error(`the embedded runner refuses these functions:\n${problems.join('\n')}`);
  return configs;
}

function readFunctionConfig(raw: unknown): FunctionConfig {
  const config = schema.parse(raw);
  const crons = config.triggers.flatMap((trigger) => ('cron' in trigger ? [trigger.cron] : []));
  for (const cron of crons) parseCron(cron);
  return {
    id: config.id,
    maxAttempts: (config.steps.step.retries?.attempts ?? DEFAULT_RETRIES) + 1,
    concurrency: readLimit(config.concurrency),
    crons,
    events: config.triggers.flatMap((trigger) =>
      'event' in trigger
        ? [
            {
              name: trigger.event,
              condition: trigger.expression ? compileCondition(trigger.expression) : always,
            },
          ]
        : [],
    ),
    cancels: (config.cancel ?? []).map((cancel) => ({
      event: cancel.event,
      condition: cancel.if ? compileCondition(cancel.if) : always,
      withinMs: cancel.timeout ? parseDuration(cancel.timeout) : null,
    })),
    idempotencyKey: config.idempotency ? compilePath(config.idempotency) : null,
  };
}

function readLimit(concurrency: z.output<typeof schema>['concurrency']): number | null {
  const one = Array.isArray(concurrency) ? concurrency[0] : concurrency;
  const value = typeof one === 'object' ? one.limit : one;
  // Inngest reads 0 as 'no limit'.
  return value || null;
}

/** 'TZ=Europe/Paris 0 2 1 * *', or without a zone, which means UTC. Throws when it is not a schedule. */
export function parseCron(expression: string): Cron {
  const match = /^(?:(?:CRON_)?TZ=(\S+)\s+)?(.+)$/.exec(expression.trim());
  return new Cron(match?.[2] ?? '', { timezone: match?.[1] ?? 'UTC', paused: true, mode: '5-part' });
}
