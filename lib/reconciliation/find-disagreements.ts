import type { Queryable } from '@/db/client';
import { reconciliationFindings } from '@/db/schema/reconciliation';
import type { RunLock } from '@/lib/deletion/run-lock';
import type { Context } from '@/lib/people/context';
import { type FindingKind, judgeKey, type KeyRows } from './judge-key';
import { nextCandidates, oldClaims, readKeys } from './read-keys';

const KEYS_AT_ONCE = 1_000;
/** The hourly retry settles what an interrupted run left; what is older than this it did not settle. */
const STUCK_AFTER_MS = 2 * 60 * 60 * 1000;

export interface Found {
  counts: Record<FindingKind, number>;
  /** Keys that the store did not answer for, so that nothing is said of them. */
  unclear: number;
}

export const nothingFound = (): Found => ({
  counts: {
    'missing-object': 0,
    'unknown-object': 0,
    'came-back': 0,
    'size-differs': 0,
    'stuck-deleting': 0,
  },
  unclear: 0,
});

export const totalOf = ({ counts }: Found): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/**
 * Looks at every key about which rows and listing may disagree once more, in the store and then in the rows, and writes
 * down those that still do. So what was uploaded, deleted or settled while the listing went on is no finding: the store is
 * asked first, and a row that changed after that no longer says what it said. Returns false when `goOn` did.
 */
export async function findDisagreements(
  ctx: Context,
  reconciliationId: string,
  found: Found,
  goOn: () => Promise<boolean>,
): Promise<boolean> {
  let after = '';
  for (;;) {
    const keys = await nextCandidates(ctx.db, reconciliationId, after, KEYS_AT_ONCE);
    const stats = await ctx.storage.stat(keys);
    const rows = await readKeys(ctx.db, keys);
    const findings: Finding[] = [];
    for (const key of keys) {
      const [stat, of] = [stats.get(key), rows.get(key)];
      if (!stat || !of || stat.outcome === 'failed') {
        found.unclear += 1;
        continue;
      }
      const objectBytes = stat.outcome === 'present' ? stat.sizeBytes : null;
      const kind = judgeKey(of, objectBytes);
      if (kind) findings.push({ kind, rows: of, objectBytes });
    }
    await write(ctx.db, reconciliationId, found, findings);
    if (!(await goOn())) return false;
    if (keys.length < KEYS_AT_ONCE) return true;
    after = keys.at(-1) ?? after;
  }
}

/**
 * The claims that no run works on. Asking whether somebody works on a run takes its lock until the caller's own is let go,
 * so this comes last.
 */
export async function findStuckClaims(
  ctx: Context,
  reconciliationId: string,
  found: Found,
  lock: RunLock,
): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - STUCK_AFTER_MS);
  const abandoned = new Map<string, boolean>();
  for (let after = ''; ; ) {
    const claims = await oldClaims(ctx.db, before, after, KEYS_AT_ONCE);
    const findings: Finding[] = [];
    for (const { runId, rows } of claims) {
      const known = abandoned.get(runId) ?? (await lock.isAbandoned(runId));
      abandoned.set(runId, known);
      if (known) findings.push({ kind: 'stuck-deleting', rows, objectBytes: null });
    }
    await write(ctx.db, reconciliationId, found, findings);
    const last = claims.at(-1);
    if (!last || claims.length < KEYS_AT_ONCE) return;
    after = last.rows.storageKey;
  }
}

interface Finding {
  kind: FindingKind;
  rows: KeyRows;
  objectBytes: number | null;
}

async function write(
  db: Queryable,
  reconciliationId: string,
  found: Found,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  const first = totalOf(found) + 1;
  await db.insert(reconciliationFindings).values(
    findings.map(({ kind, rows, objectBytes }, index) => ({
      reconciliationId,
      position: first + index,
      kind,
      storageKey: rows.storageKey,
      artifactId: rows.artifactId,
      submissionId: rows.submissionId,
      challengeId: rows.challengeId,
      // Of several rows that differ among themselves, the first size that is not the object's.
      rowBytes: rows.sizes.find((size) => size !== objectBytes) ?? rows.sizes[0] ?? null,
      objectBytes,
    })),
  );
  for (const { kind } of findings) found.counts[kind] += 1;
}
