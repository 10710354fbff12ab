import { type FolderVerification, verifyFolder } from '@/lib/audit/verify/verify-folder';
import { formatCount } from '@/lib/platform/format';
import { plain, print, printJson, style } from './terminal';

/** Verifies downloaded archives; needs neither the database nor the running product. `end` is told before anything is printed. */
export async function verifyDownloaded(
  folder: string,
  { key, json }: { key?: string; json?: boolean },
  end: (isAsSealed: boolean) => void,
): Promise<void> {
  const done = await verifyFolder(folder, {
    ...(key !== undefined && { expectedKey: key }),
    ...(process.stderr.isTTY && {
      onProgress: ({ events }) => process.stderr.write(`\r${formatCount(events, 'event')} checked`),
    }),
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  end(done.problems.length === 0);
  if (json) await printJson(done);
  else await printFolder(done);
}

async function printFolder(done: FolderVerification): Promise<void> {
  const { problems, events, archives, expired, segments, statements, window, keys } = done;
  await print(
    problems.length === 0
      ? style(
          'green',
          `${formatCount(events, 'event')} in ${formatCount(archives, 'archive')}: all as they were sealed.`,
        )
      : style('red', `${formatCount(problems.length, 'finding')}: the archives are not what was sealed.`),
  );
  for (const { kind, words } of problems) await print(`  ${style('bold', kind.padEnd(7))}  ${plain(words)}`);
  const range = window ? `, final from ${window.start} to ${window.end}` : '';
  await print(`${formatCount(segments, 'segment')}${range}.`);
  if (expired > 0) {
    await print(`${formatCount(expired, 'archive')} that expired, as signed statements of the folder say.`);
  }
  if (statements) await print(`Statements ${statements.first} to ${statements.last} of the chain.`);
  for (const { id, since, isEndorsed } of keys) {
    await print(`Key ${id} from statement ${since} on${since > 1 && !isEndorsed ? ', not endorsed' : ''}.`);
  }
}
