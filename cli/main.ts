import { Command, CommanderError } from 'commander';
import { closeServices } from '@/lib/services';
import { version } from '../package.json';
import { anonymousCommand } from './anonymous';
import { auditCommand } from './audit';
import { cleanupCommand } from './cleanup';
import { confirmStoreCommand } from './confirm-store';
import { consentCommand } from './consent';
import { EXIT, EXIT_CODES_TEXT, type ExitCode } from './exit-codes';
import { explain } from './explain';
import { jobsCommand } from './jobs';
import { peopleCommand } from './people';
import { reconcileCommand } from './reconcile';
import { setRetentionCommand } from './set-retention';
import { statusCommand } from './status';
import { tokensCommand } from './tokens';
import { whyCommand } from './why';

let ended: ExitCode = EXIT.ok;
const end = (code: ExitCode) => {
  ended = code;
};

/** Parses the command line, runs the command, and says how it ended. */
async function main(args: string[]): Promise<ExitCode> {
  const program = new Command('lapse')
    .description("Lets stored data lapse only with its owner's consent.")
    .version(version, '--version', 'print the version')
    .option('--debug', 'show where a failure came from')
    .showHelpAfterError('(--help shows how)')
    .addHelpText('after', `${EXIT_CODES_TEXT}\n\nlapse COMMAND --help shows examples.`)
    .addCommand(statusCommand())
    .addCommand(whyCommand())
    .addCommand(consentCommand())
    .addCommand(cleanupCommand(end))
    .addCommand(anonymousCommand(end))
    .addCommand(setRetentionCommand(end))
    .addCommand(reconcileCommand(end))
    .addCommand(auditCommand(end))
    .addCommand(confirmStoreCommand())
    .addCommand(peopleCommand())
    .addCommand(tokensCommand())
    .addCommand(jobsCommand());
  for (const command of commandsOf(program)) command.exitOverride();
  let run: Command | undefined;
  program.hook('preAction', (_, command) => {
    run = command;
  });

  try {
    await program.parseAsync(args);
    return ended;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { message, code } = explain(error, run);
    process.stderr.write(`${message}\n`);
    if (program.opts().debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return code;
  } finally {
    await closeServices();
  }
}

const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];

// `lapse status | head` closes the pipe while we write: there is nobody left to tell. What is known to have failed has failed.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(ended);
    throw error;
  });
}

process.exitCode = await main(process.argv);
