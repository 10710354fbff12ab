import { Command, Option } from 'commander';
import { createToken } from '@/lib/tokens/create-token';
import { listTokens, type TokenRow } from '@/lib/tokens/list-tokens';
import { revokeToken } from '@/lib/tokens/revoke-token';
import { SCOPE_NAMES, SCOPES, type Scope } from '@/lib/tokens/scopes';
import { tokenDays } from './arguments';
import { commandContext } from './command-context';
import { instant, plain, print, printJson, printJsonLine } from './terminal';

export function tokensCommand(): Command {
  return new Command('tokens')
    .description('make, list and revoke API tokens, with which machines sign in')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand());
}

interface CreateOptions {
  name: string;
  scope: Scope[];
  days: number;
  actsFor?: string;
  json?: boolean;
}

function createCommand(): Command {
  return new Command('create')
    .description('make a token; it is printed this once, alone on standard output')
    .requiredOption('--name <NAME>', 'what it is for')
    .addOption(new Option('--scope <SCOPE...>', 'what it may do').choices(SCOPE_NAMES).makeOptionMandatory())
    .option('--days <D>', 'whole days until it expires, 1 to 366', tokenDays, 90)
    .option(
      '--acts-for <USERNAME>',
      'the host in whose name consent:write decides, once that host has accepted it',
    )
    .option('--json', 'the result as a JSON document')
    .addHelpText(
      'after',
      `
Scopes:
${SCOPE_NAMES.map((scope) => `  ${scope.padEnd(22)} ${SCOPES[scope].help}`).join('\n')}

Examples:
  lapse tokens create --name 'EvalAI production' --scope platform-events:write > token.txt
  lapse tokens create --name 'EvalAI consent' --scope consent:write --acts-for hanna --days 30`,
    )
    .action(async ({ name, scope, days, actsFor, json }: CreateOptions) => {
      const made = await createToken(commandContext(), {
        name,
        scopes: scope,
        days,
        ...(actsFor === undefined ? {} : { actsFor }),
      });
      if (json) return printJson(made);
      await print(made.secret);
      const waits = made.waitsFor
        ? ` ${plain(made.waitsFor.displayName)} has to accept it in the browser.`
        : '';
      process.stderr.write(
        `Token ${made.tokenId} expires ${instant(made.expiresAt)}. It is not shown again.${waits}\n`,
      );
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('list the tokens that can be used')
    .option('--all', 'revoked and expired ones too')
    .option('--json', 'one line of JSON for each')
    .action(async ({ all, json }: { all?: boolean; json?: boolean }) => {
      const ctx = commandContext();
      let cursor: string | null | undefined;
      let listed = 0;
      do {
        const page = await listTokens(ctx, {
          state: all ? 'all' : 'usable',
          limit: 200,
          ...(cursor ? { cursor } : {}),
        });
        for (const token of page.tokens) await (json ? printJsonLine(token) : print(inLine(token)));
        listed += page.tokens.length;
        cursor = page.nextCursor;
      } while (cursor);
      if (listed === 0 && !json) await print(all ? 'There are no tokens.' : 'No token can be used.');
    });
}

function inLine({ id, prefix, state, expiresAt, name, scopes, actsFor }: TokenRow): string {
  const until = state === 'usable' ? `until ${instant(expiresAt)}` : state;
  const host = actsFor
    ? `, for ${actsFor.username}, who ${actsFor.acceptedAt ? 'accepted it' : 'has not accepted it yet'}`
    : '';
  return `${id}  ${prefix}…  ${until}  ${plain(name)}  ${scopes.join(' ')}${host}`;
}

function revokeCommand(): Command {
  return new Command('revoke')
    .description('end a token; its very next request is refused')
    .argument('<ID>', 'as the list shows it')
    .option('--json', 'the result as a JSON document')
    .addHelpText('after', '\nExample:\n  lapse tokens revoke 01a1fc67-6d16-77fb-9ddc-1fb12e794e0f')
    .action(async (tokenId: string, { json }: { json?: boolean }) => {
      const revoked = await revokeToken(commandContext(), { tokenId });
      if (json) await printJson(revoked);
      else await print(`Token ${tokenId} is revoked since ${instant(revoked.revokedAt)}.`);
    });
}
