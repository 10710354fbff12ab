import { Command } from 'commander';
import { createPerson } from '@/lib/people/create-person';
import { listPeople } from '@/lib/people/list-people';
import { type UpdatedPerson, updatePerson } from '@/lib/people/update-person';
import { readEnv, singleSignOn } from '@/lib/platform/env';
import { invalid } from '@/lib/platform/errors';
import { commandContext } from './command-context';
import {
  askSecretly,
  instant,
  isInteractive,
  plain,
  print,
  printJson,
  printJsonLine,
  readStandardInput,
} from './terminal';

export function peopleCommand(): Command {
  return new Command('people')
    .description('add people, list them, change their roles, disable and enable their accounts')
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(roleCommand())
    .addCommand(switchCommand('disable', true))
    .addCommand(switchCommand('enable', false));
}

interface AddOptions {
  role: 'host' | 'admin' | 'auditor';
  email: string;
  name: string;
  timeZone?: string;
  passwordStdin?: boolean;
  password: boolean;
  json?: boolean;
}

function addCommand(): Command {
  return new Command('add')
    .description('add somebody who can sign in')
    .argument('<USERNAME>')
    .requiredOption('--role <ROLE>', 'host, admin or auditor')
    .requiredOption('--email <ADDRESS>', 'for notices, and to know the person at single sign-on')
    .requiredOption('--name <NAME>', 'as the screens show it')
    .option('--time-zone <ZONE>', 'an IANA name such as Europe/Zurich; UTC when left out')
    .option('--password-stdin', 'read the password from standard input')
    .option('--no-password', 'without one: the person comes by single sign-on only')
    .option('--json', 'the result as a JSON document')
    .addHelpText(
      'after',
      `
The password is asked for twice and not shown; it has at least 12 characters.

Examples:
  lapse people add ada --role admin --email ada@example.org --name 'Ada Brandt'
  pwgen 24 1 | lapse people add ada --role admin --email ada@example.org --name 'Ada Brandt' --password-stdin`,
    )
    .action(async (username: string, options: AddOptions) => {
      const password = await readPassword(options);
      const created = await createPerson(commandContext(), {
        username,
        email: options.email,
        displayName: options.name,
        role: options.role,
        ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
        ...(password === undefined ? {} : { password }),
      });
      if (options.json) await printJson({ ...created, role: options.role });
      else await print(sayAdded(created.username, options));
    });
}

function sayAdded(username: string, { role, password }: AddOptions): string {
  if (password) return `${username} can sign in now, as ${role}.`;
  if (singleSignOn(readEnv())) return `${username} can sign in now, as ${role}, by single sign-on.`;
  return `${username} is added, as ${role}, but cannot sign in yet: single sign-on is not set up here (OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET).`;
}

async function readPassword(options: AddOptions): Promise<string | undefined> {
  if (!options.password) return undefined;
  if (options.passwordStdin) return readStandardInput();
  if (!isInteractive()) {
    throw invalid('Nobody can be asked for a password here: add --password-stdin or --no-password.');
  }
  const first = await askSecretly('Password: ');
  if ((await askSecretly('Again: ')) !== first) throw invalid('The two passwords are not the same.');
  return first;
}

function listCommand(): Command {
  return new Command('list')
    .description('list everybody who can sign in, or could')
    .option('--json', 'one line of JSON for each')
    .action(async ({ json }: { json?: boolean }) => {
      const ctx = commandContext();
      let after: string | null = '';
      while (after !== null) {
        const page: Awaited<ReturnType<typeof listPeople>> = await listPeople(ctx, { after });
        for (const person of page.people) {
          if (json) {
            await printJsonLine(person);
            continue;
          }
          const disabled = person.disabledAt ? `, disabled ${instant(person.disabledAt)}` : '';
          await print(
            `${person.username.padEnd(16)} ${person.role.padEnd(8)} ${plain(person.displayName)} <${plain(person.email)}>${disabled}`,
          );
        }
        after = page.nextAfter;
      }
    });
}

interface ChangeOptions {
  reason?: string;
  json?: boolean;
}

function roleCommand(): Command {
  return new Command('role')
    .description('give somebody another role; it takes effect at the next request')
    .argument('<USERNAME>')
    .argument('<ROLE>', 'host, admin or auditor')
    .option('--reason <TEXT>', 'kept in the audit log')
    .option('--json', 'the result as a JSON document')
    .addHelpText('after', "\nExample:\n  lapse people role otto auditor --reason 'New in the audit team'")
    .action(async (username: string, role: UpdatedPerson['role'], options: ChangeOptions) => {
      await report(
        await updatePerson(commandContext(), { username, role, ...reasonOf(options) }),
        'role',
        options,
      );
    });
}

function switchCommand(name: 'disable' | 'enable', disabled: boolean): Command {
  return new Command(name)
    .description(
      disabled ? "end somebody's access at once; nothing of the person is deleted" : 'let somebody in again',
    )
    .argument('<USERNAME>')
    .option('--reason <TEXT>', 'kept in the audit log')
    .option('--json', 'the result as a JSON document')
    .addHelpText('after', `\nExample:\n  lapse people ${name} otto`)
    .action(async (username: string, options: ChangeOptions) => {
      await report(
        await updatePerson(commandContext(), { username, disabled, ...reasonOf(options) }),
        'account',
        options,
      );
    });
}

const reasonOf = ({ reason }: ChangeOptions) => (reason === undefined ? {} : { reason });

async function report(
  person: UpdatedPerson,
  change: 'role' | 'account',
  { json }: ChangeOptions,
): Promise<void> {
  if (json) return printJson(person);
  const { username, role, disabled, changed } = person;
  const what = change === 'role' ? role : `${disabled ? 'disabled' : 'enabled'} (${role})`;
  await print(`${username} is ${changed ? 'now' : 'already'} ${what}.`);
}
