import { Command } from 'commander';
import { countByState } from '@/lib/challenges/count-by-state';
import { type ListedChallenge, listChallenges } from '@/lib/challenges/list-challenges';
import { type LoadedChallenge, loadChallenge } from '@/lib/challenges/load-challenge';
import type { LoadedPhase } from '@/lib/challenges/load-phases';
import type { State } from '@/lib/challenges/states';
import { listLogGroups } from '@/lib/logs/list-log-groups';
import { listOverrideChanges, type OverrideChangeRow } from '@/lib/overrides/list-override-changes';
import { sayDays } from '@/lib/overrides/say-override-change';
import type { Context } from '@/lib/people/context';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { REASONS } from '@/lib/retention/reasons';
import { challengeId } from './arguments';
import { commandContext } from './command-context';
import { sayLogs } from './set-retention';
import { instant, plain, print, printJson, printJsonLine, style } from './terminal';

export function statusCommand(): Command {
  return new Command('status')
    .description('say what will happen to each challenge, when and why')
    .option('--challenge-id <N>', 'only this one, with its phases', challengeId)
    .option('--json', 'one JSON document for one challenge, else one line of JSON for each')
    .addHelpText(
      'after',
      `
Examples:
  lapse status
  lapse status --challenge-id 7
  lapse status --json | jq 'select(.state == "due") | .id'`,
    )
    .action(async (options: { challengeId?: number; json?: boolean }) => {
      const ctx = commandContext();
      if (options.challengeId === undefined) await listAll(ctx, options.json === true);
      else await showOne(ctx, options.challengeId, options.json === true);
    });
}

async function listAll(ctx: Context, json: boolean): Promise<void> {
  if (!json) await print(style('bold', await summary(ctx)));
  let cursor: string | undefined;
  do {
    const page = await listChallenges(ctx, { sort: 'next', limit: 100, ...(cursor ? { cursor } : {}) });
    for (const challenge of page.challenges) {
      if (json) await printJsonLine(challenge);
      else await print(inLines(challenge));
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

async function summary(ctx: Context): Promise<string> {
  const counts = Object.entries(await countByState(ctx)).filter(([, count]) => count > 0);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return 'There are no challenges.';
  return `${formatCount(total, 'challenge')}: ${counts.map(([state, count]) => `${formatNumber(count)} ${wordOf(state)}`).join(', ')}.`;
}

function inLines(challenge: ListedChallenge): string {
  const head = `${String(challenge.id).padStart(6)}  ${word(challenge.state)}  ${style('bold', plain(challenge.title))}`;
  return `\n${head}\n        ${challenge.sentence}\n        ${style('dim', holdings(challenge))}`;
}

function holdings({ submissions, deletedSubmissions, figures }: ListedChallenge | LoadedChallenge): string {
  const unknown = figures.filesOfUnknownSize;
  const gone = deletedSubmissions > 0 ? `, ${deletedSubmissions} of them deleted` : '';
  const size = `${formatCount(figures.files, 'file')} (${formatBytes(figures.bytes)}${unknown > 0 ? ` and ${formatCount(unknown, 'file')} of unknown size` : ''})`;
  return `${formatCount(submissions, 'submission')}${gone}; ${size}`;
}

const COLOURS: Partial<Record<State, Parameters<typeof style>[0]>> = {
  failed: 'red',
  partial: 'red',
  deleting: 'red',
  due: 'yellow',
  scheduled: 'blue',
  held: 'yellow',
  deleted: 'green',
};

/** 'not-managed' is how scripts know it. */
const wordOf = (state: string): string => state.replaceAll('-', ' ');

function word(state: State): string {
  const padded = wordOf(state).padEnd(11);
  const colour = COLOURS[state];
  return colour ? style(colour, padded) : padded;
}

async function showOne(ctx: Context, id: number, json: boolean): Promise<void> {
  const challenge = await loadChallenge(ctx, id);
  const logs = await listLogGroups(ctx, id);
  const { changes } = await listOverrideChanges(ctx, { challengeId: id, which: 'open' });
  if (json) {
    const { facts: _facts, consentRight: _right, ...document } = challenge;
    await printJson({ ...document, logs: logs.groups, overrideChanges: changes });
    return;
  }
  const { consent, retention, deletion } = challenge;
  const lines = [
    style('bold', `Challenge ${id}, ${plain(challenge.title)}`),
    challenge.sentence,
    '',
    `State       ${challenge.state}`,
    `Team        ${plain(challenge.teamName)}`,
    `Consent     ${consent ? `given by ${plain(consent.by.displayName)} (${consent.by.username}), ${instant(consent.at)}` : 'none'}`,
    `Retention   ${formatCount(retention.days, 'day')} after the end of a phase (${SOURCES[retention.source]})`,
    ...changes.map(changeLine),
    `Deletion    ${deletion ? instant(deletion) : 'none foreseen'}`,
    `Data        ${holdings(challenge)}`,
    ...challenge.phases.flatMap(phaseLines),
    '',
    style('bold', 'Logs'),
    ...logs.groups.flatMap(sayLogs).map((line) => `  ${line}`),
  ];
  await print(lines.join('\n'));
}

function changeLine({ field, oldDays, newDays, state, takesEffectAt }: OverrideChangeRow): string {
  const when = takesEffectAt
    ? `takes effect ${instant(takesEffectAt)}`
    : state === 'awaiting-approval'
      ? 'waits for a second admin'
      : 'the hosts have not been told yet';
  return `  scheduled ${field}: ${sayDays(oldDays)} -> ${sayDays(newDays)}; ${when}`;
}

const SOURCES: Record<LoadedChallenge['retention']['source'], string> = {
  default: 'the default',
  'log-override': 'its log retention',
  'artifact-override': 'its own setting',
};

function phaseLines(phase: LoadedPhase): string[] {
  const end = phase.endDate ? `ends ${instant(phase.endDate)}` : 'has no end';
  return [
    '',
    `${style('bold', `Phase ${phase.id}, ${plain(phase.name)}`)}: ${phase.words}`,
    `  ${end}; ${phase.isPublic ? 'public' : 'not public'}`,
    `  ${formatCount(phase.submissions, 'submission')}, ${formatCount(phase.files, 'file')} (${formatBytes(phase.bytes)})`,
    ...(phase.earliestDate ? [`  earliest date ${instant(phase.earliestDate)}`] : []),
    ...phase.heldBack.map(
      ({ reason, submissions }) => `  ${formatCount(submissions, 'submission')}: ${REASONS[reason]}`,
    ),
  ];
}
