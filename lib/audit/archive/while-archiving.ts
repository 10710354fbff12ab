import type { Context } from '@/lib/people/context';
import { exclusively } from '../exclusive';
import { failAbandoned } from './archive-record';
import { archiveFolder, removeWorkFolders } from './work-folder';

/**
 * Does `work` while no other process writes, compacts or removes archives, after what such a process left behind is cleared
 * away; null when another one is at it. `parent` is where temporary files go: `folder`, or in LAPSE_DATA_DIR.
 */
export async function whileArchiving<T>(
  ctx: Context,
  folder: string | undefined,
  work: (parent: string) => Promise<T>,
): Promise<T | null> {
  const parent = folder ?? archiveFolder();
  return exclusively(ctx, 'audit-archive', async () => {
    await removeWorkFolders(parent);
    await failAbandoned(ctx);
    return work(parent);
  });
}
