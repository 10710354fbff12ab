import { Command } from 'commander';
import { type AuditSize, auditSize } from '@/lib/audit/size/audit-size';
import { bytesOf, type TierSize } from '@/lib/audit/size/measure-tiers';
import { sayAuditSize, sayForecast, sayGrowth } from '@/lib/audit/size/say-size';
import { sizeDocument, sizeInputOfQuery } from '@/lib/audit/size/size-document';
import { OWN_STREAM } from '@/lib/audit/streams';
import { type VerificationState, verificationState } from '@/lib/audit/verify/daily-verification';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { commandContext } from './command-context';
import { instant, plain, print, printJson, style } from './terminal';

interface SizeOptions {
  days?: string;
  stream?: string;
  json?: boolean;
}

export function sizeCommand(): Command {
  return new Command('size')
    .description('how large the audit log is, how fast it grows, and when its limits are reached')
    .option('--days <N>', 'samples, and the most frequent actions and actors, of 7, 30, 90 or 365 days', '30')
    .option('--stream <NAME>', 'the actions and actors of this stream')
    .option('--json', 'the result as JSON, with the samples')
    .addHelpText(
      'after',
      `
Reads the catalogue, counters and samples, and counts no events: it is quick whatever the size.

Examples:
  lapse audit size
  lapse audit size --days 365 --json | jq '.samples[] | select(.tier == "hot")'`,
    )
    .action(async ({ json, ...options }: SizeOptions) => {
      const ctx = commandContext();
      const size = await auditSize(ctx, sizeInputOfQuery(options as Record<string, string>));
      const verification = await verificationState(ctx.db);
      if (json) return printJson(sizeDocument(size, verification));
      await printSize(size);
      await print('');
      await print(verificationLine(verification));
    });
}

async function printSize(size: AuditSize): Promise<void> {
  await print(style('bold', sayAuditSize(size)));
  for (const tier of size.tiers) await print(tierLine(tier));
  await print(`${'seals'.padEnd(6)} ${' '.repeat(15)} ${formatBytes(size.sealBytes).padStart(9)}`);
  await print('');
  await print(sayGrowth(size));
  if (size.policyError !== null) await print(style('red', plain(size.policyError)));
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const sentence of sayForecast(size, zone)) await print(sentence);
  await printNames(`Most frequent actions of ${size.days} days`, size.top.actions);
  await printNames(`Most frequent actors of ${size.days} days`, size.top.actors);
}

function verificationLine({ at, everythingSince, problemCount }: VerificationState): string {
  if (problemCount > 0) {
    return style(
      'red',
      `${formatCount(problemCount, 'finding')}: the log is not what was sealed. See \`lapse audit verify\`.`,
    );
  }
  if (at === null) return 'Nothing was verified yet: that is done every night.';
  const all = everythingSince
    ? `everything in the round that began ${instant(everythingSince)}`
    : 'the first round through everything is under way';
  return `Verified ${instant(at)}: all as they were sealed; ${all}.`;
}

function tierLine(tier: TierSize): string {
  const range =
    tier.oldest && tier.newest ? `  ${instant(tier.oldest)} to ${instant(tier.newest)}` : '  empty';
  const events = `${tier.isEstimate ? '~' : ''}${formatNumber(tier.events)}`;
  return `${tier.tier.padEnd(6)} ${events.padStart(15)} ${formatBytes(bytesOf(tier)).padStart(9)}${range}`;
}

async function printNames(title: string, names: AuditSize['top']['actions']): Promise<void> {
  if (names.length === 0) return;
  await print('');
  await print(style('bold', title));
  for (const { stream, name, events } of names) {
    const of = stream === OWN_STREAM ? '' : ` (${stream})`;
    await print(`${formatNumber(events).padStart(12)}  ${plain(name)}${of}`);
  }
}
