import { connectBeside } from '@/db/client';
import type { Context } from '@/lib/people/context';

/**
 * Does `work` while no other process does the same for this database; null when another one is at it. The lock is that of a
 * session of its own, so it goes with its process.
 */
export async function exclusively<T>(
  ctx: Context,
  name: 'audit-archive' | 'audit-prune',
  work: () => Promise<T>,
): Promise<T | null> {
  const { sql, close } = connectBeside(ctx.db);
  try {
    const session = await sql.reserve();
    try {
      const [row] = await session<{ locked: boolean }[]>`
        select pg_try_advisory_lock(hashtextextended(${`lapse:${name}`}, 0)) as locked`;
      return row?.locked ? await work() : null;
    } finally {
      session.release();
    }
  } finally {
    await close();
  }
}
