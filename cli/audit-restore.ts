import { Command } from 'commander';
import type { Restorable } from '@/lib/audit/archive/find-restorable';
import { restoreArchive } from '@/lib/audit/archive/restore';
import { invalid } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { commandContext } from './command-context';
import { plain, print, printJson } from './terminal';

interface Options {
  day?: string;
  month?: string;
  archive?: string;
  format: string;
  json?: boolean;
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('write archived events to files, every column byte for byte')
    .argument('<folder>', 'where the files go; it is made when it is not there, and no file is overwritten')
    .option('--day <DATE>', 'the events of a UTC day, such as 2026-11-20')
    .option('--month <MONTH>', 'the events of a month, such as 2026-11')
    .option('--archive <ID>', 'one archive')
    .option('--format <FORMAT>', 'ndjson: an event a line; parquet: the object with its manifest', 'ndjson')
    .option('--json', 'the files as JSON')
    .addHelpText(
      'after',
      `
Each archive is fetched from the storage and verified before its file is written. JSON inside of an event stays text, as it
was stored. What was restored as parquet can be checked anywhere: lapse audit verify FOLDER
Once a month was compacted, parquet gives all of it, also for one of its days.

Examples:
  lapse audit restore restored --day 2026-11-20
  lapse audit restore restored --archive 019c0000-0000-7000-8000-000000000001 --format parquet --json`,
    )
    .action(async (folder: string, options: Options) => {
      const files = await restoreArchive(commandContext(), {
        what: whatOf(options),
        folder,
        format: options.format as 'ndjson' | 'parquet',
      });
      if (options.json) return printJson(files);
      for (const { file, events } of files) {
        await print(`${plain(file)}: ${formatCount(events, 'event')}, verified.`);
      }
    });
}

function whatOf({ day, month, archive }: Options): Restorable {
  const given = [day, month, archive].filter((each) => each !== undefined);
  if (given.length !== 1) throw invalid('Say what to restore: one of --day, --month and --archive.');
  if (archive !== undefined) return { archiveId: archive };
  return day !== undefined ? { day } : { month: `${month}-01` };
}
