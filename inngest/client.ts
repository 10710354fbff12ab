import { Inngest } from 'inngest';
import { log } from '@/lib/platform/log';

/**
 * The app, as Inngest knows it. Keys and addresses come from the environment (INNGEST_BASE_URL, INNGEST_EVENT_KEY,
 * INNGEST_SIGNING_KEY), whether they are a real Inngest's or those of the embedded runner.
 */
export const inngest = new Inngest({
  id: 'lapse',
  // Each step is a request of its own, so that what it did is kept before the next one begins.
  checkpointing: false,
  // Nothing here calls a model.
  aiMetadata: false,
  // Without INNGEST_DEV in the environment deciding, so that signatures are always checked.
  isDev: false,
  logger: {
    info: (...args: unknown[]) => log.info(...toPino(args)),
    warn: (...args: unknown[]) => log.warn(...toPino(args)),
    error: (...args: unknown[]) => log.error(...toPino(args)),
    debug: (...args: unknown[]) => log.debug(...toPino(args)),
  },
});

/** The SDK puts objects and messages in either order; pino wants the object first. */
function toPino(args: unknown[]): [object, string] {
  const fields = args.find((arg) => typeof arg === 'object' && arg !== null) ?? {};
  const message = args.filter((arg) => typeof arg === 'string').join(' ');
  return [fields as object, message];
}
