import { Command } from 'commander';
import { type AuditExport, type AuditExportFacts, exportAuditLog } from '@/lib/audit/export/export-audit-log';
import { exportInputOfQuery } from '@/lib/audit/export/export-query';
import { missingWords } from '@/lib/audit/export/missing-events';
import { invalid } from '@/lib/platform/errors';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { commandContext } from './command-context';
import { plain, print, printJson, say, style } from './terminal';
import { writingFile } from './writing-file';

interface Options {
  format: string;
  out?: string;
  force?: boolean;
  partial?: boolean;
  recordedFrom?: string;
  recordedTo?: string;
  json?: boolean;
  [filter: string]: string | boolean | undefined;
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write events of all tiers into a file, the same for the same window')
    .option('--format <FORMAT>', 'csv for spreadsheets, ndjson: an event a line, or parquet', 'ndjson')
    .option('--out <FILE>', 'where it goes; none that is there is overwritten')
    .option('--force', 'overwrite it')
    .option('--recorded-from <INSTANT>', 'events that became final here then or later; all when left out')
    .option('--recorded-to <INSTANT>', 'and before this; up to about an hour ago when left out')
    .option('--from <INSTANT>', 'events that began then or later')
    .option('--to <INSTANT>', 'and before this')
    .option('--stream <NAME>', 'of one stream, lapse for our own')
    .option('--words <WORDS>', 'that have all these words, anywhere')
    .option('--actor <KEY>', 'by whom, such as user:12')
    .option('--action <NAME>', 'of one action, such as consent.give')
    .option('--target <KEY>', 'on what, such as challenge:7')
    .option('--result <RESULT>', 'success, error or timeout')
    .option('--partial', 'what is left of a window of which something was removed for good')
    .option('--json', 'what the file holds, as JSON')
    .addHelpText(
      'after',
      `
The window is of when events became final here, half-open, up to an hour before the last seal: by then it is settled what is in
it, so the same command gives the same events again, whatever arrived or was archived meanwhile. What is printed says the window.
Two files of windows that follow each other are one. A file appears when it is whole; what cannot be read, or is not there any
more, makes the command fail, and so does taking over 3 hours: use shorter windows for more than that.

Examples:
  lapse audit export --out audit.ndjson
  lapse audit export --format csv --out failures.csv --result error --recorded-from 2026-11-01T00:00:00Z
  lapse audit export --format parquet --out october.parquet \\
    --recorded-from 2026-10-01T00:00:00Z --recorded-to 2026-11-01T00:00:00Z --json`,
    )
    .action(async ({ out, force = false, json, ...options }: Options) => {
      if (out === undefined || out === '') throw invalid('Say where the file goes: --out FILE.');
      const input = exportInputOfQuery(queryOf(options));
      const onOpen = ({ floor }: AuditExportFacts) => {
        if (floor) say(style('yellow', missingWords(floor)));
      };
      const done = await writingFile(out, { force }, (write) =>
        exportAuditLog(commandContext(), input, { write, onOpen, onProgress: progress() }),
      );
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
      if (json) return printJson({ file: out, ...documentOf(done) });
      await printDone(out, done);
    });
}

function queryOf({ recordedFrom, recordedTo, partial, ...filters }: Omit<Options, 'out' | 'force' | 'json'>) {
  const given = {
    ...filters,
    recorded_from: recordedFrom,
    recorded_to: recordedTo,
    partial: partial && 'true',
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** A line that is written over, at most some times a second. */
function progress(): (rows: number) => void {
  let said = 0;
  return (rows) => {
    if (!process.stderr.isTTY || performance.now() - said < 200) return;
    said = performance.now();
    process.stderr.write(`\r${formatCount(rows, 'event')} read`);
  };
}

const documentOf = ({ format, rows, bytes, recordedFrom, recordedTo, floor, lateEvents }: AuditExport) => ({
  format,
  events: rows,
  bytes,
  recorded_from: recordedFrom,
  recorded_to: recordedTo,
  complete_from: floor,
  late_events: lateEvents,
});

async function printDone(out: string, { rows, bytes, recordedFrom, recordedTo, lateEvents }: AuditExport) {
  await print(`${plain(out)}: ${formatCount(rows, 'event')}, ${formatBytes(bytes)}.`);
  await print(`Final from ${recordedFrom} to ${recordedTo}; these two give the same again.`);
  if (lateEvents > 0) {
    await print(
      `${formatCount(lateEvents, 'event')} came into that time after it was closed, and are not in it.`,
    );
  }
}
