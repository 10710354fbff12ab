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
  readonly #noticed = new Map<string, number>();
  readonly #out = new Set<Promise<void>>();
  #stopping = false;
  #wake: () => void = () => {};
  #loop: Promise<void> | undefined;
  #discoveredAt: number | undefined;
  #nextDiscovery = 0;
  #nextPrune = 0;
  /** Why the last round or discovery failed; undefined when it did not. */
  problem: string | undefined;

  constructor(ctx: RunnerContext) {
    this.#ctx = ctx;
  }

  /** Whether the functions are known, so that events can be accepted. */
  get ready(): boolean {
    return this.#discoveredAt !== undefined;
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
      await noticeTicks(this.#ctx, this.#noticed);
      await settleWaits(this.#ctx);
      await this.#pruneWhenDue();
      const room = this.#ctx.settings.maxRequests - this.#out.size;
      if (room > 0) for (const step of await claimSteps(this.#ctx, room)) this.#send(step);
      this.problem = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.problem) this.#ctx.log.error({ err: error }, 'the job runner cannot work');
      this.problem = message;
    }
  }

  async #discoverWhenDue(): Promise<void> {
    if (Date.now() < this.#nextDiscovery) return;
    this.#nextDiscovery = Date.now() + (this.ready ? this.#ctx.settings.discoverMs : 0);
    const raw = await discoverFunctions(this.#ctx.app).catch((error: unknown) => {
      // An app that is starting or being replaced is nothing to stop for once its functions are known.
      if (this.ready) return null;
      throw error;
    });
    if (!raw) return;
    const functions = readFunctionConfigs(raw);
    await registerFunctions(this.#ctx, functions, raw as Record<string, unknown>[]);
    this.#ctx.functions.clear();
    for (const fn of functions) this.#ctx.functions.set(fn.id, fn);
    if (!this.ready) {
      this.#ctx.log.info({ functions: functions.map((fn) => fn.id) }, 'the job runner knows its functions');
    }
    this.#discoveredAt = Date.now();
    this.#nextDiscovery = Date.now() + this.#ctx.settings.discoverMs;
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
