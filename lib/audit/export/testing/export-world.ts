import { vi } from 'vitest';
import type { Context } from '@/lib/people/context';
import { archiveDue } from '../../archive/archive-due';
import { pruneArchived } from '../../prune/prune-hot';
import { type TierWorld, tierWorld } from '../../testing/tier-world';
import { type AuditExport, type AuditExportInput, exportAuditLog } from '../export-audit-log';

export interface ExportWorld extends TierWorld {
  auditor: Context;
  /** What a file holds, and what was said of it. */
  take(input: AuditExportInput, ctx?: Context): Promise<{ bytes: Buffer; done: AuditExport }>;
  /** The auditor, with something happening before a file of the storage is asked for. */
  before(happening: (key: string) => Promise<void>): Context;
  /** Archives what is over, and prunes what is old enough. */
  age(): Promise<void>;
  /** Further events of an hour ago, so that windows before are closed, all sealed. */
  sealAll(): Promise<void>;
  /** The newest audit event of an export. */
  lastEvent(): Promise<Record<string, unknown> | undefined>;
}

/** A world of tiers with somebody who may export, whose data folder is one of its own. */
export async function exportWorld(now: string): Promise<ExportWorld> {
  const w = await tierWorld(now);
  vi.stubEnv('LAPSE_DATA_DIR', w.folder);
  const auditor = { ...w.s.as(await w.s.person({ role: 'auditor' })), storage: w.ctx.storage };
  return {
    ...w,
    auditor,
    take: async (input, ctx = auditor) => {
      const pieces: Buffer[] = [];
      const write = async (piece: string | Uint8Array) => void pieces.push(Buffer.from(piece));
      const done = await exportAuditLog(ctx, input, { write });
      return { bytes: Buffer.concat(pieces), done };
    },
    before: (happening) => ({
      ...auditor,
      storage: new Proxy(auditor.storage, {
        get: (target, name) => {
          const value = Reflect.get(target, name);
          if (name !== 'fileOf') return typeof value === 'function' ? value.bind(target) : value;
          return async (key: string) => {
            await happening(key);
            return target.fileOf?.(key);
          };
        },
      }),
    }),
    age: async () => {
      const archived = await archiveDue(w.ctx, { folder: w.folder });
      if (archived.failed.length > 0) throw new Error(JSON.stringify(archived.failed));
      const pruned = await pruneArchived(w.ctx, { keys: w.keys, maxDeleted: 500_000 });
      if (pruned.error !== null) throw new Error(pruned.error);
    },
    sealAll: async () => {
      await w.seal();
      await w.sealLate();
    },
    lastEvent: async () => {
      const [event] = await w.database.sql`
        select actor, result, error, new_value from audit_events
        where action = 'audit-log.export' order by time_started desc, id desc limit 1`;
      return event;
    },
    close: async () => {
      vi.unstubAllEnvs();
      await w.close();
    },
  };
}

/** It has all 782 events of `filledWorld` but today's. */
export const WINDOW = { recordedFrom: '2026-08-01T00:00:00Z', recordedTo: '2026-10-19T00:00:00Z' };
export const NDJSON = { format: 'ndjson', ...WINDOW } as const;

/** At 9 o'clock on 20 October 2026: events of two days in August, and of 18 October, sealed. */
export async function filledWorld(): Promise<ExportWorld> {
  const w = await exportWorld('2026-10-20T09:00:00Z');
  await w.insert(50, '2026-08-10T10:00:00Z');
  await insertNasty(w, '2026-08-10T12:00:00Z');
  await w.insert(700, '2026-08-11T10:00:00Z');
  await w.insert(30, '2026-10-18T08:00:00Z');
  // What is sealed ends with the day of its last event, or with what has settled of today.
  await w.insert(1, '2026-10-20T08:30:00Z');
  await w.sealAll();
  return w;
}

export const idsIn = (ndjson: Buffer): string[] =>
  ndjson
    .toString()
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line).id as string]));

/** A pushed event and one of ours with values that are easily spoilt on the way. */
const insertNasty = (w: TierWorld, completed: string) => w.database.sql`
  insert into audit_events (id, stream, time_started, time_completed, result, action, actor, actor_details, target, old_value,
    new_value, reason, error)
  values
    (gen_random_uuid(), 'billing', '2026-08-05T03:04:05.000001Z', ${completed}::timestamptz + interval '7 microseconds', 'error',
      '=cmd()', '@ada', '{"type": "pushed", "pushedBy": "t", "sourceId": "inv=1", "details": {"ip": "192.0.2.7", "n": 0.1}}',
      '', '"a text"', '-5', E'line\r\nline\u2028"quoted" \u0001 \u0002', 'Zoë 🎈'),
    (gen_random_uuid(), 'lapse', ${completed}::timestamptz - interval '1 second', ${completed}::timestamptz + interval '8 microseconds',
      'success', 'hold.place', 'user:1', '{"b": [1, null, {"": ""}], "a": 9007199254740991}', null, null, '{"10": 1, "9": 2}', '', null)`;
