import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { auditCommand } from './audit';
import { cleanupCommand } from './cleanup';
import { confirmStoreCommand } from './confirm-store';
import { consentCommand } from './consent';
import { jobsCommand } from './jobs';
import { peopleCommand } from './people';
import { reconcileCommand } from './reconcile';
import { setRetentionCommand } from './set-retention';
import { statusCommand } from './status';
import { tokensCommand } from './tokens';
import { whyCommand } from './why';

const people = peopleCommand();

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

describe('E22: the help', () => {
  const commands: [string, Command][] = [
    ['status', statusCommand()],
    ['consent', consentCommand()],
    ['cleanup', cleanupCommand(() => {})],
    ['set-retention', setRetentionCommand(() => {})],
    ['jobs', jobsCommand()],
    ['confirm-store', confirmStoreCommand()],
    ['reconcile', reconcileCommand(() => {})],
    ...auditCommand(() => {}).commands.map((command): [string, Command] => [
      `audit ${command.name()}`,
      command,
    ]),
    ...whyCommand().commands.map((command): [string, Command] => [`why ${command.name()}`, command]),
    ...tokensCommand()
      .commands.filter((command) => command.name() !== 'list')
      .map((command): [string, Command] => [`tokens ${command.name()}`, command]),
    ...people.commands
      .filter((command) => command.name() !== 'list')
      .map((command): [string, Command] => [`people ${command.name()}`, command]),
  ];
  it.each(commands)('of %s has an example and --json', (name, command) => {
    const help = helpOf(command);
    expect(help).toContain('--json');
    expect(help).toContain(`  lapse ${name}`);
  });
});
