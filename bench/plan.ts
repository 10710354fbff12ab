/**
 * Planning a cleanup of everything that is due: its time, and the memory of the planning process, which must not grow with
 * the plan. The plan is taken back.
 *
 *   npx tsx bench/plan.ts [--database-url URL]
 */

import { dryRunCleanup } from '@/lib/deletion/dry-run-cleanup';
import { formatBytes } from '@/lib/platform/format';
import { seconds, withBenchDatabase } from './database';
import { megabytes, peakMemory } from './memory';

await withBenchDatabase(async ({ ctx, sql, size }) => {
  console.log(size);
  const [challenge] = await sql<{ id: number }[]>`
    select p.challenge_id as id from submissions s join challenge_phases p on p.id = s.phase_id
    where s.retention_eligible_date <= now() and not s.is_artifact_deleted
    group by p.challenge_id order by count(*), p.challenge_id limit 1`;
  // A small plan first, so that what the process needs at all is not taken for what the plan needs.
  if (challenge) await plan('the smallest challenge', { challengeId: challenge.id });
  await plan('everything that is due', {});

  async function plan(what: string, scope: { challengeId?: number }): Promise<void> {
    const begun = performance.now();
    const { result, before, peak } = await peakMemory(() =>
      dryRunCleanup(ctx, scope, async (_, { files, bytes, submissions, heldBackSubmissions }) => ({
        files,
        bytes,
        submissions,
        heldBackSubmissions,
      })),
    );
    console.log(`${what}: ${seconds(performance.now() - begun)}`);
    console.log(
      `  ${result.submissions} submissions, ${result.files} files, ${formatBytes(result.bytes)} go; ${result.heldBackSubmissions} submissions are held back`,
    );
    console.log(`  memory ${megabytes(before)} before, ${megabytes(peak)} at the most`);
  }
});
