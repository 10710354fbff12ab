import { Command } from 'commander';
import { confirmStore } from '@/lib/deletion/confirm-store';
import { commandContext } from './command-context';
import { print, printJson } from './terminal';

export function confirmStoreCommand(): Command {
  return new Command('confirm-store')
    .description('say that Lapse is meant to delete in another store than before')
    .argument('<STORE>', 'the store that is configured, as the stopped run names it')
    .option('--reason <TEXT>', 'why it changed; it goes into the audit log', 'confirmed on the command line')
    .option('--json', 'a JSON document')
    .addHelpText(
      'after',
      `
A cleanup does not begin in a store of which there is no receipt while there are receipts of another one: what is not in a
store counts as deleted, and the wrong one has nothing.

Examples:
  lapse confirm-store s3://evalai-2 --reason 'Moved to the new region'
  lapse confirm-store folder`,
    )
    .action(async (store: string, { reason, json }: { reason: string; json?: boolean }) => {
      const confirmed = await confirmStore(commandContext(), { store, reason });
      if (json) await printJson(confirmed);
      else await print(`Cleanups may begin in ${confirmed.store} from now on.`);
    });
}
