import { vi } from 'vitest';
import { settings } from '@/db/schema/settings';
import type { Context } from '@/lib/people/context';
import { archiveDue } from '../../archive/archive-due';
import { POLICY_ROW } from '../../policy/stored-policy';
import { DEFAULT_POLICY, type TierPolicy } from '../../policy/tier-policy';
import { pushEvents } from '../../push/push-events';
import { chainKeys } from '../../seal/chain-keys';
import { sealEvents } from '../../seal/seal-events';
import { makeSigningKey } from '../../seal/signing-key';
import { type TierWorld, tierWorld } from '../../testing/tier-world';
import { type Verification, verifyLive } from '../../verify/verify-live';
import { setLimits } from '../change-limits';
import { type CleanedStream, type CleanOptions, cleanStream } from '../clean-stream';
import { DEFAULT_LIMITS, type StreamLimits } from '../stream-limits';
import { readUsage, type Usage } from '../usage';

const STREAM = 'app';

export interface LimitsWorld extends Omit<TierWorld, 'keys' | 'seal'> {
  keys: ReturnType<typeof chainKeys>;
  /** Somebody who may do everything, as from the shell of the server. */
  admin: Context;
  /** Switches archiving on or off; it is off at the beginning, so that what goes is gone for good. */
  policy(changes: Partial<TierPolicy>): Promise<void>;
  /** Pushes events one after the other in one request; each `text` is a reason that makes it larger. Returns their ids. */
  push(texts: readonly string[], stream?: string): Promise<string[]>;
  /** Sets limits that are in force at once; those of the reference, but for the changes. */
  limit(changes: Partial<StreamLimits>, stream?: string): Promise<void>;
  clean(options?: Partial<CleanOptions>, stream?: string): Promise<CleanedStream>;
  /** The reasons of what is there, in the order of the stream. */
  left(stream?: string): Promise<string[]>;
  usage(stream?: string): Promise<Usage>;
  seal(): Promise<unknown>;
  /** Seals and archives everything until now, two days later. */
  archiveAll(): Promise<unknown>;
  verify(): Promise<Verification>;
  /** Moves the clock on. */
  later(ms: number): void;
  one<T>(query: string): Promise<T>;
}

export const HOUR = 3_600_000;

/** A tier world with a key in the environment, in which programs push their events. */
export async function limitsWorld(now: string): Promise<LimitsWorld> {
  vi.stubEnv('LAPSE_AUDIT_SIGNING_KEY', makeSigningKey());
  const w = await tierWorld(now);
  const keys = chainKeys();
  const admin = { ...w.s.as({ type: 'cli', osUser: 'tester' }), storage: w.ctx.storage };
  let serial = 0;
  const later = (ms: number) => w.s.clock.set(new Date(w.s.clock.now().getTime() + ms));
  const seal = () => sealEvents(w.ctx, { keys, eventsPerSegment: 20 });
  const one = async <T>(query: string) => {
    const [row] = await w.database.owner.sql.unsafe(query);
    return Object.values(row ?? {})[0] as T;
  };
  let current: Partial<TierPolicy> = {};
  const policy: LimitsWorld['policy'] = async (changes) => {
    current = changes;
    const value = { ...DEFAULT_POLICY, ...changes };
    await w.database.db
      .insert(settings)
      .values({ name: POLICY_ROW, value, updatedAt: new Date() })
      .onConflictDoUpdate({ target: settings.name, set: { value } });
  };
  await policy({ archive: false });
  return {
    ...w,
    keys,
    admin,
    policy,
    seal,
    later,
    one,
    push: async (texts, stream = STREAM) => {
      const events = texts.map((reason) => ({
        id: `e${++serial}`,
        time_started: w.s.clock.now().toISOString(),
        action: 'login',
        actor: 'ada',
        result: 'success',
        reason,
      }));
      const { results } = await pushEvents(admin, {
        stream,
        events: events.map((event) => JSON.stringify(event)),
      });
      return results.map((result) => ('id' in result ? result.id : result.why));
    },
    limit: async (changes, stream = STREAM) => {
      // Where copies are kept, limits hold at once.
      const before = current;
      await policy({ archive: true });
      await setLimits(admin, { stream, limits: { ...DEFAULT_LIMITS, ...changes }, reason: 'test' });
      await policy(before);
    },
    clean: (options = {}, stream = STREAM) =>
      cleanStream(w.ctx, stream, { keys, trigger: 'schedule', ...options }),
    left: async (stream = STREAM) => {
      const rows = await w.database.sql<{ reason: string }[]>`
        select reason from audit_events where stream = ${stream} order by time_completed, id`;
      return rows.map(({ reason }) => reason);
    },
    usage: (stream = STREAM) => readUsage(w.ctx.db, stream),
    archiveAll: async () => {
      later(48 * HOUR);
      await seal();
      return archiveDue(w.ctx, { folder: w.folder });
    },
    verify: () => verifyLive(w.ctx),
    close: async () => {
      vi.unstubAllEnvs();
      await w.close();
    },
  };
}
