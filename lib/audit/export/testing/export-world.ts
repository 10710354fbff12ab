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

/** A pushed event and one of ours with values that are easily spoilt on the way. */
export const insertNasty = (w: TierWorld, completed: string) => w.database.sql`
  insert into audit_events (id, stream, time_started, time_completed, result, action, actor, actor_details, target, old_value,
    new_value, reason, error)
  values
    (gen_random_uuid(), 'billing', '2026-08-05T03:04:05.000001Z', ${completed}::timestamptz + interval '7 microseconds', 'error',
      '=cmd()', '@ada', '{"type": "pushed", "pushedBy": "t", "sourceId": "inv=1", "details": {"ip": "192.0.2.7", "n": 0.1}}',
      '', '"a text"', '-5', E'line\r\nline\u2028"quoted" \u0001 \u0002', 'Zoë 🎈'),
    (gen_random_uuid(), 'lapse', ${completed}::timestamptz - interval '1 second', ${completed}::timestamptz + interval '8 microseconds',
      'success', 'hold.place', 'user:1', '{"b": [1, null, {"": ""}], "a": 9007199254740991}', null, null, '{"10": 1, "9": 2}', '', null)`;
