import { whyLocalFilesAreMissed } from '@/lib/anonymous/local-files';
import type { Context } from '@/lib/people/context';

const TIMEOUT_MS = 2000;
const MISSED =
  'the folder of the platform’s local files cannot be reached, so transcripts with files in it stay';

/**
 * What is not well although Lapse can serve, in words that name no folder: whether files of the platform's disk that are to be
 * deleted cannot be reached, also when the disk does not answer within two seconds. Never throws. `open` is given, because it
 * can fail as well.
 */
export async function localFilesWarnings(open: () => Pick<Context, 'db' | 'storage'>): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, TIMEOUT_MS, MISSED);
    });
    return (await Promise.race([whyLocalFilesAreMissed(open()), late])) === null ? [] : [MISSED];
  } catch {
    // That the database does not answer is said by the check of it.
    return [];
  } finally {
    clearTimeout(timer);
  }
}
