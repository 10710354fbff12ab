import { Command, InvalidArgumentError } from 'commander';
import { cancelShortening, changeRetention } from '@/lib/audit/policy/change-retention';
import { PRESETS } from '@/lib/audit/policy/presets';
import {
  changedRetentionDocument,
  retentionDocument,
  simulationDocument,
} from '@/lib/audit/policy/retention-wire';
import { sayOutcome } from '@/lib/audit/policy/say-forecast';
import { movesSentences, NOTHING_MOVES, policySentence } from '@/lib/audit/policy/say-moves';
import { sayPending, sayValue, sayWho } from '@/lib/audit/policy/say-policy';
import { showRetention } from '@/lib/audit/policy/show-retention';
import { type Simulation, simulateRetention } from '@/lib/audit/policy/simulate';
import {
  DAYS_RANGE,
  FIELD_TITLES,
  MAX_DELETED_RANGE,
  PERIOD_RANGE,
  POLICY_FIELDS,
  type PolicyChanges,
  type PresetName,
} from '@/lib/audit/policy/tier-policy';
import type { Context } from '@/lib/people/context';
import { conflict, invalid } from '@/lib/platform/errors';
import { formatLimit } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { commandContext } from './command-context';
import { askYesNo, instant, isInteractive, plain, print, printJson, say, style } from './terminal';

interface SettingsOptions extends Omit<PolicyChanges, 'coldDays'> {
  coldDays?: number | 'forever';
  cancel?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  reason?: string;
  json?: boolean;
}

export function settingsCommand(): Command {
  return new Command('settings')
    .description('show, simulate and change how long audit events stay in which tier')
    .option('--hot-days <D>', 'days in the database', days)
    .option('--warm-days <D>', 'days until daily archives become monthly ones', days)
    .option('--cold-days <D>', "days until archives expire, or 'forever'", daysOrForever)
    .option('--archive <on|off>', 'off: events go for good after the days of --retention-days', onOrOff)
    .option('--retention-days <D>', 'days in the database while archiving is off', days)
    .option('--presets <NAMES>', "rules to satisfy: pci-dss, hipaa, sebi, with commas, or 'none'", names)
    .option(
      '--max-deleted-per-activation <N>',
      'rows that one activation of the cleanup deletes at the most',
      rows,
    )
    .option('--period-secs <S>', 'seconds between activations, 600 to 86400 in steps of 600', seconds)
    .option('--drop-partitions <on|off>', 'whether whole partitions are dropped', onOrOff)
    .option('--reason <TEXT>', 'why; it goes into the audit log')
    .option('--cancel', 'take back what is scheduled and not in force yet')
    .option('--dry-run', 'show what a change would do, and change nothing')
    .option('--yes', 'change without a question')
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      `
Without an option that changes something it shows what holds. A longer period holds at once; a shorter one, and a rule that
is taken away, 7 days later, and until then every admin can cancel it. What a change would move and remove is shown first.
What the environment fixes is changed there.

Examples:
  lapse audit settings
  lapse audit settings --hot-days 60 --reason 'The auditors are here'
  lapse audit settings --warm-days 180 --dry-run --json
  lapse audit settings --cancel --reason 'Not before the review'`,
    )
    .action(async ({ cancel, dryRun, yes, reason, json, coldDays, ...given }: SettingsOptions) => {
      const ctx = commandContext();
      const changes: PolicyChanges = {
        ...given,
        ...(coldDays !== undefined && { coldDays: coldDays === 'forever' ? null : coldDays }),
      };
      const isChange = POLICY_FIELDS.some((field) => changes[field] !== undefined);
      if (cancel && isChange) throw invalid('Give either --cancel or what is to be changed.');
      if (cancel) return cancelled(ctx, reason, json);
      if (!isChange) return show(ctx, json);
      const simulation = await simulateRetention(ctx, { changes });
      if (dryRun)
        return json ? printJson(simulationDocument(simulation)) : print(inWords(simulation).join('\n'));
      if (reason === undefined) throw invalid("Give a reason: --reason 'why'.");
      await confirm(simulation, yes ?? false);
      const changed = await changeRetention(ctx, { changes, reason, shown: simulation.shown });
      if (json) return printJson(changedRetentionDocument(changed));
      return print(style('green', changed.pending ? 'Scheduled.' : 'Changed: it holds now.'));
    });
}

async function show(ctx: Context, json: boolean | undefined): Promise<void> {
  const shown = await showRetention(ctx);
  if (json) return printJson(retentionDocument(shown));
  const { inForce, pending, fixed, problem, changed } = shown;
  if (problem)
    await print(style('red', `What is set is not possible, so nothing is removed. ${plain(problem)}`));
  await print(style('bold', policySentence(inForce)));
  for (const field of POLICY_FIELDS) {
    const by = fixed[field] ? `  fixed by ${fixed[field]}` : '';
    await print(`  ${FIELD_TITLES[field].padEnd(30)} ${sayValue(field, inForce[field])}${style('dim', by)}`);
  }
  if (pending) {
    await print(style('yellow', `${pending.words} (${plain(sayWho(pending.byName))}); --cancel stops it.`));
  }
  if (changed) await print(`Set by ${plain(sayWho(changed.byName))} ${instant(changed.at)}.`);
}

async function cancelled(ctx: Context, reason: string | undefined, json: boolean | undefined): Promise<void> {
  if (reason === undefined) throw invalid("Give a reason: --reason 'why'.");
  const kept = await cancelShortening(ctx, { reason });
  if (json) return printJson(changedRetentionDocument(kept));
  return print(`Cancelled. ${policySentence(kept.inForce)}`);
}

async function confirm(simulation: Simulation, yes: boolean): Promise<void> {
  for (const line of inWords(simulation)) say(line);
  if (yes) return;
  if (!isInteractive()) throw invalid('Nobody can be asked here: add --yes to change it without a question.');
  if (!(await askYesNo('\nChange it?'))) throw conflict('Nothing was changed.');
}

/** What changes, when, and what that moves and removes. */
function inWords({ changed, before: policyNow, after, target, moves, heldStreams }: Simulation): string[] {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const lines = changed.map(
    ({ field, before, after: value, from }) =>
      `${FIELD_TITLES[field]}: ${sayValue(field, before)} -> ${sayValue(field, value)}, ${from ? `from ${formatInstantBoth(from, zone)}` : 'at once'}`,
  );
  if (moves.length === 0) lines.push(NOTHING_MOVES);
  for (const step of moves) {
    const policy = step.at.getTime() === after.pending?.from.getTime() ? target : after.inForce;
    lines.push(
      `On ${formatInstantBoth(step.at, zone)}:`,
      ...movesSentences(step, policy).map((line) => `  ${line}`),
    );
  }
  const { words, isShorter } = sayOutcome(policyNow, target);
  lines.push(isShorter ? `${words} That is earlier than now.` : words);
  if (heldStreams.length > 0) {
    lines.push(
      `Streams with a hold keep all that has no copy, and their archives: ${plain(heldStreams.join(', '))}.`,
    );
  }
  if (after.pending) lines.push(`Until then: ${sayPending(after.inForce, after.pending, zone) ?? ''}`);
  return lines;
}

/** What is a number the verb refuses, with what is allowed; here only what is none. */
function number(what: string, { min, max }: { min: number; max: number }) {
  return (text: string): number => {
    if (/^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
    throw new InvalidArgumentError(`Use a whole ${what} from ${formatLimit(min)} to ${formatLimit(max)}.`);
  };
}

const days = number('number of days', DAYS_RANGE);
/** Commander takes a null for no value at all, so 'forever' stays a word until it has read all. */
const daysOrForever = (text: string): number | 'forever' => (text === 'forever' ? text : days(text));
const rows = number('number of rows', MAX_DELETED_RANGE);
const seconds = number('number of seconds', PERIOD_RANGE);

function onOrOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('Use on or off.');
  return text === 'on';
}

const names = (text: string): PresetName[] => {
  const given = text === 'none' ? [] : text.split(',').map((name) => name.trim());
  const unknown = given.find((name) => !Object.hasOwn(PRESETS, name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(
      `${JSON.stringify(unknown)} is not known: use ${Object.keys(PRESETS).join(', ')}, or none.`,
    );
  }
  return given as PresetName[];
};
