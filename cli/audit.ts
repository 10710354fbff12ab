import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { Problem } from '@/lib/audit/verify/chain';
import { eventProof } from '@/lib/audit/verify/event-proof';
import { checkProof } from '@/lib/audit/verify/proof';
import { type Verification, verifyLive } from '@/lib/audit/verify/verify-live';
import { invalid } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { exportCommand } from './audit-export';
import { verifyDownloaded } from './audit-folder';
import { restoreCommand } from './audit-restore';
import { settingsCommand } from './audit-settings';
import { sizeCommand } from './audit-size';
import { streamsCommand } from './audit-streams';
import { commandContext } from './command-context';
import { EXIT, type ExitCode } from './exit-codes';
import { plain, print, printJson, readStandardInput, say, style } from './terminal';

type End = (code: ExitCode) => void;

export function auditCommand(end: End): Command {
  return new Command('audit')
    .description('prove that the audit log is what it was, and bring back what was archived')
    .addCommand(verifyCommand(end))
    .addCommand(proofCommand())
    .addCommand(checkProofCommand(end))
    .addCommand(exportCommand())
    .addCommand(restoreCommand())
    .addCommand(settingsCommand())
    .addCommand(sizeCommand())
    .addCommand(streamsCommand());
}

function verifyCommand(end: End): Command {
  return new Command('verify')
    .description('check every event against its seal, and every seal against the chain of signed statements')
    .argument('[folder]', 'downloaded archives with their manifests, instead of the database')
    .option(
      '--key <ID>',
      'the id of the first key of the chain, as you noted it down; another one is a finding',
    )
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      `
Hashes everything anew in this process; it needs the database, not the running product. With a folder it needs neither: it
checks the archives that lie there, as they were downloaded or restored, and their part of the chain. Note down the key and
the number of statements elsewhere: whoever may do anything to the database can cut off the end of the chain, and then only
that shows it. Ends with 0 when everything is as it was sealed, and with 5 when it is not.

Examples:
  lapse audit verify
  lapse audit verify --key 3f0a9c1d2b4e5f67 --json
  lapse audit verify downloads/audit/warm/2026`,
    )
    .action(async (folder: string | undefined, options: { key?: string; json?: boolean }) => {
      if (options.key !== undefined && !/^[0-9a-f]{16}$/.test(options.key)) {
        throw invalid(`--key ${plain(options.key)} is no id of a key: it has 16 digits from 0 to f.`);
      }
      const found = (isAsSealed: boolean) => end(isAsSealed ? EXIT.ok : EXIT.badRun);
      if (folder !== undefined) return verifyDownloaded(folder, options, found);
      const done = await verifyLive(commandContext(), {
        ...(options.key !== undefined && { expectedKey: options.key }),
        ...(process.stderr.isTTY && {
          onProgress: ({ events }) => process.stderr.write(`\r${formatCount(events, 'event')} checked`),
        }),
      });
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
      found(done.problems.length === 0);
      if (options.json) await printJson(done);
      else await printVerification(done);
    });
}

async function printVerification(done: Verification): Promise<void> {
  const { problems, problemsLeftOut, events, segments, statements, pruned, unsealed, sealedUntil, keys } =
    done;
  const found = problems.length + problemsLeftOut;
  await print(
    found === 0
      ? style('green', `${formatCount(events, 'event')} checked: all as they were sealed.`)
      : style('red', `${formatCount(found, 'finding')}: the log is not what was sealed.`),
  );
  for (const problem of problems)
    await print(`  ${style('bold', KINDS[problem.kind])}  ${plain(problem.words)}`);
  if (problemsLeftOut > 0) await print(`  and ${formatCount(problemsLeftOut, 'more', 'more')}`);
  await print(
    `${formatCount(segments, 'segment')} and ${formatCount(statements, 'statement')}${sealedUntil ? `, sealed until ${sealedUntil}` : ''}.`,
  );
  if (pruned > 0) await print(`${formatCount(pruned, 'event')} left the hot tier by prunes on record.`);
  if (unsealed > 0) await print(`${formatCount(unsealed, 'event')} came after the last seal.`);
  for (const key of keys) {
    await print(
      `Key ${key.id} from statement ${key.since} on${key.since > 1 && !key.isEndorsed ? ', not endorsed' : ''}.`,
    );
  }
}

const KINDS: Record<Problem['kind'], string> = {
  chain: 'chain  ',
  key: 'key    ',
  segment: 'segment',
  altered: 'altered',
  missing: 'missing',
};

function proofCommand(): Command {
  return new Command('proof')
    .description('print the inclusion proof of an event, as JSON')
    .argument('<event>', 'the id of the event')
    .option('--started <INSTANT>', 'when it began, as it was listed: it finds an archived event sooner')
    .option('--json', 'as it is anyway')
    .addHelpText(
      'after',
      '\nExamples:\n  lapse audit proof 019c0000-0000-7000-8000-000000000001 > proof.json',
    )
    .action(async (id: string, { started }: { started?: string }) =>
      printJson(
        await eventProof(commandContext(), { id, ...(started !== undefined && { timeStarted: started }) }),
      ),
    );
}

function checkProofCommand(end: End): Command {
  return new Command('check-proof')
    .description('check an inclusion proof; needs no database and no server')
    .argument('<file>', "the proof, as it was downloaded; '-' reads standard input")
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      '\nEnds with 0 when it holds, and with 5 when it does not.\n\nExamples:\n  lapse audit check-proof proof.json',
    )
    .action(async (file: string, options: { json?: boolean }) => {
      const checked = checkProof(
        readAsJson(file === '-' ? await readStandardInput() : await contentOf(file)),
      );
      end(checked.holds ? EXIT.ok : EXIT.badRun);
      if (options.json) await printJson(checked);
      else if (checked.holds) {
        const { event, segment, sealedAt, keyId } = checked;
        await print(style('green', 'The proof holds.'));
        await print(
          `Event ${event.id}: ${plain(event.action)} by ${plain(event.actor)}, ${event.timeStarted}.`,
        );
        await print(`In segment ${segment}, signed at ${sealedAt} with the key ${keyId}.`);
        say('Compare the key with the one that the operator has published.');
      } else await print(style('red', `The proof does not hold. ${plain(checked.why)}`));
    });
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw invalid(`${plain(file)} cannot be read (${code}): name a file that holds a proof.`);
  }
}

function readAsJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
