import { discoverFunctions } from './app-client';
import { type ClaimedStep, claimSteps, extendLease } from './claim';
import { readFunctionConfigs } from './function-config';
import { pruneRunner } from './prune';
import { request } from './request';
import type { RunnerContext } from './runner-context';
import { noticeTicks, registerFunctions } from './schedule';
import { settle } from './settle';
import { settleWaits } from './waits';

const PRUNE_EVERY_MS = 60 * 60 * 1000;

/**
 * The single-process runner: asks the app for its functions, begins runs, requests their steps and keeps what comes
 * back. Everything it knows is in Postgres, so it may be killed at any instant, and several may run at once.
 *
 * A step is requested at least once. When this process is killed while a request is out, the app may still be working
 * on it; the step is requested again once its lease has run out, so what a step does must bear being done twice.
 */
export class Runner {
  readonly #ctx: RunnerContext;
  readonly #nextLook = new Map<string, number>();
  readonly #out = new Set<Promise<void>>();
  #stopping = false;
  #wake: () => void = () => {};
  #loop: Promise<void> | undefined;
  /** Whether the functions are known, so that events can be accepted. */
  ready = false;
  #nextDiscovery = 0;
  #nextPrune = 0;
  /** Why the last round failed; undefined when it did not. */
  #failure: string | undefined;
  /** Why the functions that the app has now were refused, while those it had before still run. */
  #refusal: string | undefined;

  constructor(ctx: RunnerContext) {
    this.#ctx = ctx;
  }

  /** Why it does not work as it should; undefined when it does. */
  get problem(): string | undefined {
    return this.#failure ?? this.#refusal;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Looks for work now instead of at the next round. */
  kick(): void {
    this.#wake();
  }

  /** Takes no new work and waits, `graceMs` at the most, for the requests that are out; the rest is left to its lease. */
  async stop(graceMs = 10_000): Promise<void> {
    this.#stopping = true;
    this.kick();
    await this.#loop;
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([Promise.all(this.#out), grace]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      // Made before the round: a kick during the round must not be lost.
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await this.#round();
      await this.#sleep(woken);
    }
  }

  async #round(): Promise<void> {
    try {
      await this.#discoverWhenDue();
      if (!this.ready) return;
      await noticeTicks(this.#ctx, this.#nextLook);
      await settleWaits(this.#ctx);
      await this.#pruneWhenDue();
      const room = this.#ctx.settings.maxRequests - this.#out.size;
      if (room > 0) for (const step of await claimSteps(this.#ctx, room)) this.#send(step);
      this.#failure = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // Once, and not at every round while it lasts.
      if (message !== this.#failure) this.#ctx.log.error({ err: error }, 'the job runner cannot work');
      this.#failure = message;
    }
  }

  async #discoverWhenDue(): Promise<void> {
    if (Date.now() < this.#nextDiscovery) return;
    try {
      await this.#discover();
      this.#refusal = undefined;
    } catch (error) {
      if (!this.ready) throw error;
      // What is known goes on working: the app may be starting, or have been replaced by one that is wrong.
      this.#refusal = error instanceof Error ? error.message : String(error);
      this.#ctx.log.error({ err: error }, 'the functions of the app could not be read again');
    }
    this.#nextDiscovery = Date.now() + this.#ctx.settings.discoverMs;
  }

  async #discover(): Promise<void> {
    const raw = await discoverFunctions(this.#ctx.app);
    const functions = readFunctionConfigs(raw);
    await registerFunctions(this.#ctx, functions, raw as Record<string, unknown>[]);
    this.#ctx.functions.clear();
    for (const fn of functions) this.#ctx.functions.set(fn.id, fn);
    if (this.ready) return;
    this.ready = true;
    this.#ctx.log.info({ functions: functions.map((fn) => fn.id) }, 'the job runner knows its functions');
  }

  async #pruneWhenDue(): Promise<void> {
    if (Date.now() < this.#nextPrune) return;
    this.#nextPrune = Date.now() + PRUNE_EVERY_MS;
    await pruneRunner(this.#ctx);
  }

  #send(step: ClaimedStep): void {
    const work = this.#work(step)
      .catch((error: unknown) => {
        this.#ctx.log.error(
          { err: error, run: step.runId },
          'a step could not be settled; its lease will run out',
        );
      })
      .finally(() => {
        this.#out.delete(work);
        this.kick();
      });
    this.#out.add(work);
  }

  async #work(step: ClaimedStep): Promise<void> {
    const beat = setInterval(() => {
      extendLease(this.#ctx, step).catch((error: unknown) => {
        this.#ctx.log.warn({ err: error, run: step.runId }, 'a lease could not be extended');
      });
    }, this.#ctx.settings.leaseMs / 3);
    try {
      const tooOften = step.losses >= this.#ctx.settings.maxLosses;
      const reply = tooOften
        ? { answer: { kind: 'lost' as const, reason: 'the runner was cut off each time' }, settledSteps: 0 }
        : await request(this.#ctx, step);
      await settle(this.#ctx, step, reply);
    } finally {
      clearInterval(beat);
    }
  }

  async #sleep(woken: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const poll = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#ctx.settings.pollMs);
    });
    await Promise.race([woken, poll]);
    clearTimeout(timer);
  }
}
