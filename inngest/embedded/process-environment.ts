import { z } from 'zod';

const text = z.string().min(1);

const embedded = z.object({
  LAPSE_RUNNER: z.literal('embedded'),
  DATABASE_URL: text,
  /** The web app as this machine reaches it, past any proxy. */
  LAPSE_URL: z.url(),
  /** The runner's own address, whose port it takes; on this machine only. */
  INNGEST_BASE_URL: z.url().refine(isLoopback, {
    error: ({ input }) =>
      `${String(input)} is not on this machine: the embedded runner takes http://127.0.0.1:<port>, and an Inngest ` +
      'elsewhere needs LAPSE_RUNNER=none',
  }),
  INNGEST_SIGNING_KEY: text,
  INNGEST_EVENT_KEY: text,
});

/** With an Inngest elsewhere the SDK reads its own variables, of which Inngest's cloud needs the event key alone. */
const elsewhere = z.object({ LAPSE_RUNNER: z.literal('none'), DATABASE_URL: text });

export type ProcessEnvironment = z.output<typeof embedded> | z.output<typeof elsewhere>;

/**
 * What the process beside the web app is told by its environment; LAPSE_RUNNER is 'embedded' unless it is 'none'.
 * Throws a ZodError that names each wrong variable.
 */
export function readProcessEnvironment(source: Record<string, string | undefined>): ProcessEnvironment {
  return z.discriminatedUnion('LAPSE_RUNNER', [embedded, elsewhere]).parse({
    ...source,
    LAPSE_RUNNER: source.LAPSE_RUNNER ?? 'embedded',
    LAPSE_URL: source.LAPSE_URL ?? source.NEXTAUTH_URL,
  });
}

function isLoopback(address: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(address).hostname);
}
