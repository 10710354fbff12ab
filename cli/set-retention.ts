import { Command } from 'commander';
import type { LogGroupState } from '@/lib/logs/log-group-state';
import { type SetLogRetention, setLogRetention } from '@/lib/logs/set-log-retention';
import type { RequestedOverrideChange } from '@/lib/overrides/request-override-change';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { challengeId, retentionDays } from './arguments';
import { commandContext } from './command-context';
import { EXIT, type ExitCode } from './exit-codes';
import { instant, plain, print, printJson } from './terminal';

interface SetRetentionOptions {
  days?: number;
  environment?: string;
  reason?: string;
  json?: boolean;
}

export function setRetentionCommand(end: (code: ExitCode) => void): Command {
  return new Command('set-retention')
    .description("set how long the log service keeps a challenge's logs")
    .argument('<N>', "the challenge's id", challengeId)
    .option(
      '--days <D>',
      'days after the end of the challenge, 1 to 3653: its own period from now on',
      retentionDays,
    )
    .option('--environment <E>', 'of the workers, such as staging; else the configured one')
    .option('--reason <TEXT>', 'kept with a change of the days; needs --days')
    .option('--json', 'the result as a JSON document')
    .addHelpText(
      'after',
      `
The log service expires each event by its own age. Lapse sets the smallest number of days that keeps the oldest event
until the end of the challenge plus its days, and until 14 days after the hosts were told, which it does first. It is
refused without consent. Days that are fewer than before are scheduled: the hosts are told, and 14 days later they hold.

It ends with 5 while nothing is set yet: there is no such log group (Lapse looks again every hour), or something failed.

Examples:
  lapse set-retention 7
  lapse set-retention 7 --days 90 --reason 'The paper is under review'
  lapse set-retention 7 --environment staging --json | jq .logs.appliedDays`,
    )
    .action(async (id: number, { json, ...options }: SetRetentionOptions) => {
      const done = await setLogRetention(commandContext(), { challengeId: id, ...options });
      end(exitCodeOf(done.logs));
      if (json) return printJson(done);
      return print(inWords(done, options.days).join('\n'));
    });
}

function exitCodeOf({ state }: LogGroupState): ExitCode {
  if (state === 'applied') return EXIT.ok;
  return state === 'refused' || state === 'none' ? EXIT.refused : EXIT.badRun;
}

function inWords({ challengeId: id, override, logs }: SetLogRetention, days: number | undefined): string[] {
  const same =
    days === undefined ? [] : [`The period of challenge ${id} is ${formatCount(days, 'day')} already.`];
  return [...(override ? [sayOverride(override)] : same), ...sayLogs(logs)];
}

function sayOverride({ state, challengeId: id }: RequestedOverrideChange): string {
  switch (state) {
    case 'in-force':
      return `Challenge ${id} has its own period of logs now.`;
    case 'scheduled':
      return `The shorter period of challenge ${id} is scheduled: it holds 14 days after the hosts were told. Until then the one before holds.`;
    case 'awaiting-approval':
      return `The shorter period of challenge ${id} waits for the approval of two admins, in the browser. Until then the one before holds.`;
  }
}

/** How the logs of one environment stand, in lines; also for `lapse status`. */
export function sayLogs(logs: LogGroupState): string[] {
  const lines = [`${logs.name}: ${logs.state}. ${plain(logs.explanation)}`];
  if (logs.hostsToldAt && logs.keptUntil) {
    lines.push(
      `  the hosts were told ${instant(logs.hostsToldAt)}: no event goes before ${instant(logs.keptUntil)}`,
    );
  }
  if (logs.oldestEventAt) {
    const size = logs.storedBytes === null ? '' : `; ${formatBytes(logs.storedBytes)} are stored`;
    lines.push(`  the oldest event is of ${instant(logs.oldestEventAt)}${size}`);
  }
  if (logs.expiresFrom)
    lines.push(`  events begin to expire ${instant(logs.expiresFrom)}, each by its own age`);
  if (logs.lastError)
    lines.push(`  ${formatCount(logs.attempts, 'attempt')}; the last one: ${plain(logs.lastError)}`);
  if (logs.nextAttemptAt) lines.push(`  the next try is not before ${instant(logs.nextAttemptAt)}`);
  return lines;
}
