import { Command } from 'commander';
import { sayLimits } from '@/lib/audit/limits/say-stream';
import { listStreamStandings, type StreamStanding } from '@/lib/audit/limits/stream-standings';
import { streamDocument } from '@/lib/audit/limits/stream-wire';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { commandContext } from './command-context';
import { instant, plain, print, printJson, style } from './terminal';

export function streamsCommand(): Command {
  return new Command('streams')
    .description('the streams of the audit log: what they have, their limits, and which limits are not kept')
    .option('--json', 'the streams as JSON')
    .addHelpText(
      'after',
      `
A stream has limits once an admin sets them, in the browser. Without them the periods of the tiers alone decide.

Examples:
  lapse audit streams
  lapse audit streams --json | jq '.[] | select(.alarm != null)'`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const streams = await listStreamStandings(commandContext());
      if (json) return printJson(streams.map(streamDocument));
      const width = Math.max(...streams.map(({ name }) => name.length));
      for (const stream of streams) await printStream(stream, width);
    });
}

async function printStream(stream: StreamStanding, width: number): Promise<void> {
  const { name, events, bytes, isEstimate, limits, pending, lastCleanupAt, alarm, activeHolds } = stream;
  const about = isEstimate ? '~' : '';
  const has = `${(about + formatNumber(events)).padStart(12)} ${(about + formatBytes(bytes)).padStart(10)}`;
  await print(`${style('bold', plain(name).padEnd(width))} ${has}  ${limitsWords(limits)}`);
  const more = [
    lastCleanupAt && `cleaned ${instant(lastCleanupAt)}`,
    pending && `${limitsWords(pending.limits)} from ${instant(pending.from)}`,
    activeHolds > 0 && formatCount(activeHolds, 'hold'),
  ].filter(Boolean);
  if (more.length > 0) await print(`${' '.repeat(width)} ${more.join('; ')}`);
  if (alarm !== null) await print(`${' '.repeat(width)} ${style('red', plain(alarm))}`);
}

const limitsWords = (limits: StreamStanding['limits']): string =>
  limits === null ? 'no limits' : sayLimits(limits);
