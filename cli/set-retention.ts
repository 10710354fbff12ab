import { Command } from 'commander';
import { loadChallenge } from '@/lib/challenges/load-challenge';
import { LapseError } from '@/lib/platform/errors';
import { challengeId, retentionDays } from './arguments';
import { commandContext } from './command-context';

export function setRetentionCommand(): Command {
  return new Command('set-retention')
    .description("set how long the log service keeps a challenge's logs")
    .argument('<N>', "the challenge's id", challengeId)
    .option('--days <D>', 'whole days, 1 to 3653; else the period of the challenge, or 30', retentionDays)
    .option('--json', 'the result as a JSON document')
    .addHelpText(
      'after',
      `
Examples:
  lapse set-retention 7
  lapse set-retention 7 --days 90`,
    )
    .action(async (id: number) => {
      await loadChallenge(commandContext(), id);
      // The service is named by the environment; without one there is nothing that could keep or expire a log.
      throw new LapseError('conflict', 'No log backend is configured, so no log retention was set.');
    });
}
