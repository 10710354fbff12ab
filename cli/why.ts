import { Command } from 'commander';
import type { ExplainedRule } from '@/lib/why/explained-rules';
import { whyLogs } from '@/lib/why/why-logs';
import { type WhySubmission, whySubmission } from '@/lib/why/why-submission';
import { challengeId, submissionId } from './arguments';
import { commandContext } from './command-context';
import { instant, plain, print, printJson, style } from './terminal';

interface WhyOptions {
  at?: string;
  environment?: string;
  json?: boolean;
}

const AT_HELP = 'on that day (such as 2027-01-31, in UTC) or at that instant; else now';

export function whyCommand(): Command {
  return new Command('why')
    .description('say why something stays, may go or went, at any date')
    .addCommand(submissionCommand())
    .addCommand(logsCommand());
}

function submissionCommand(): Command {
  return new Command('submission')
    .description('the files of a submission')
    .argument('<N>', "the submission's id", submissionId)
    .option('--at <D>', AT_HELP)
    .option('--json', 'the whole explanation as a JSON document')
    .addHelpText(
      'after',
      `
Examples:
  lapse why submission 1204
  lapse why submission 1204 --at 2027-01-31
  lapse why submission 1204 --json | jq -r .explanation.decision`,
    )
    .action(async (id: number, { at, json }: WhyOptions) => {
      const why = await whySubmission(commandContext(), {
        submissionId: id,
        ...(at !== undefined && { at }),
      });
      if (json) await printJson(why);
      else await print(submissionLines(why).join('\n'));
    });
}

function logsCommand(): Command {
  return new Command('logs')
    .description("the logs of a challenge's workers")
    .argument('<N>', "the challenge's id", challengeId)
    .option('--environment <E>', 'of these workers; else the configured environment')
    .option('--at <D>', AT_HELP)
    .option('--json', 'the whole explanation as a JSON document')
    .addHelpText(
      'after',
      `
Examples:
  lapse why logs 7
  lapse why logs 7 --environment staging --at 2027-01-31`,
    )
    .action(async (id: number, { at, environment, json }: WhyOptions) => {
      const why = await whyLogs(commandContext(), {
        challengeId: id,
        ...(environment !== undefined && { environment }),
        ...(at !== undefined && { at }),
      });
      if (json) {
        await printJson(why);
        return;
      }
      const lines = [
        style(
          'bold',
          `Logs of challenge ${id}, ${plain(why.challengeTitle)}: ${why.group.name}, ${instant(why.at)}`,
        ),
        ...why.sentences.map(plain),
        ...part(
          'Until when',
          why.explanation.dates.map(({ outcome, words, date }) => ruleLine(outcome, words, date)),
        ),
        ...part('What would change it', why.changes.map(plain)),
        ...part('What to know about this answer', why.caveats),
      ];
      await print(lines.join('\n'));
    });
}

function submissionLines(why: WhySubmission): string[] {
  const rules = why.explanation?.rules ?? [];
  const of = (kind: ExplainedRule['kind']) =>
    rules
      .filter((rule) => rule.kind === kind)
      .map(({ outcome, words, date }) => ruleLine(outcome, words, date));
  return [
    style(
      'bold',
      `Submission ${why.submissionId} of challenge ${why.challengeId}, ${plain(why.challengeTitle)}, ${instant(why.at)}`,
    ),
    ...why.sentences.map(plain),
    ...part('What can keep it, the strongest first', of('keeps')),
    ...part('What sets its date: the latest wins', of('date')),
    ...part('What would change it', why.changes.map(plain)),
    ...part('What to know about this answer', why.caveats),
  ];
}

const OUTCOMES: Record<ExplainedRule['outcome'], string> = {
  decides: 'won',
  loses: 'lost',
  'does-not-apply': 'does not apply',
};

function ruleLine(outcome: ExplainedRule['outcome'], words: string, date: Date | null): string {
  const line = `${OUTCOMES[outcome].padEnd(15)} ${words}${date ? `: ${instant(date)}` : ''}`;
  return outcome === 'decides' ? style('bold', line) : outcome === 'loses' ? line : style('dim', line);
}

function part(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', style('bold', title), ...lines.map((line) => `  ${line}`)];
}
