import { Command } from 'commander';
import { audited } from '@/lib/audit/record';
import { consentImpact } from '@/lib/consent/consent-impact';
import type { ConsentInput } from '@/lib/consent/consent-input';
import { consentingPerson } from '@/lib/consent/consenting-person';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import type { Context } from '@/lib/people/context';
import { conflict, invalid, LapseError } from '@/lib/platform/errors';
import { formatCount } from '@/lib/platform/format';
import { challengeId } from './arguments';
import { commandContext } from './command-context';
import { askYesNo, instant, isInteractive, plain, print, printJson, say } from './terminal';

interface ConsentOptions {
  withdraw?: boolean;
  notes?: string;
  yes?: boolean;
  json?: boolean;
}

export function consentCommand(): Command {
  return new Command('consent')
    .description('give or withdraw the consent of a host, after showing what it means')
    .argument('<N>', "the challenge's id", challengeId)
    .argument('<USERNAME>', 'a host of the challenge, in whose name it is done')
    .option('--withdraw', 'withdraw instead of giving')
    .option('--notes <TEXT>', 'kept with the decision')
    .option('--yes', 'do not ask')
    .option('--json', 'the result as a JSON document')
    .addHelpText(
      'after',
      `
It is refused unless USERNAME is a host of the challenge: an accepted member of its team with the permission Admin or
Write. The audit log keeps the host and the account of this machine.

Examples:
  lapse consent 7 hanna
  lapse consent 7 hanna --notes 'Agreed in the meeting of 3 May' --yes
  lapse consent 7 hanna --withdraw`,
    )
    .action(async (id: number, username: string, options: ConsentOptions) => {
      const ctx = commandContext();
      await requireHost(ctx, id, username, options);
      const impact = await consentImpact(ctx, { challengeId: id });
      const decision = {
        challengeId: id,
        onBehalfOf: username,
        channel: 'cli' as const,
        ...(options.notes === undefined ? {} : { notes: options.notes }),
      };
      if (options.withdraw) {
        if (impact.consent) await confirm(impact.shownText, 'Withdraw this consent?', options);
        await report(
          await withdrawConsent(ctx, withText(decision, impact.consent !== null, impact.shownText, options)),
          options,
        );
        return;
      }
      if (impact.consent) {
        // Nothing is changed, and so nothing is asked: what was given stays as it was given.
        const { at, by, eventId } = impact.consent;
        const given = { consentDate: at, consentBy: by, consentEventId: eventId };
        await report(
          { outcome: 'already-given', challengeId: id, challengeTitle: impact.challengeTitle, ...given },
          options,
        );
        return;
      }
      await confirm(impact.shownText, `Give this consent in the name of ${username}?`, options);
      await report(await giveConsent(ctx, withText(decision, true, impact.shownText, options)), options);
    });
}

/** Refuses before anything is shown or asked, and writes the refusal down as the verb itself would (L8). */
async function requireHost(
  ctx: Context,
  id: number,
  username: string,
  { withdraw }: ConsentOptions,
): Promise<void> {
  try {
    await ctx.db.transaction(async (tx) => {
      await consentingPerson(tx, ctx.actor, id, username, ctx.clock.now());
    });
  } catch (error) {
    if (!(error instanceof LapseError)) throw error;
    // A challenge that does not exist has no hosts either: that it does not exist is the better answer.
    if (error.code === 'forbidden') await consentImpact(ctx, { challengeId: id });
    const action = withdraw ? 'consent.withdraw' : 'consent.give';
    await audited(ctx, { action, target: `challenge:${id}` }, async () => {
      throw error;
    });
  }
}

async function confirm(text: string, question: string, { yes }: ConsentOptions): Promise<void> {
  if (yes) return;
  if (!isInteractive()) throw invalid('Nobody can be asked here: add --yes to decide without a question.');
  say(plain(text));
  if (!(await askYesNo(`\n${question}`))) throw conflict('Nothing was changed.');
}

/** The text is kept as shown only when it was shown: with --yes nobody has read it. */
function withText(
  decision: ConsentInput,
  shown: boolean,
  text: string,
  { yes }: ConsentOptions,
): ConsentInput {
  return shown && !yes ? { ...decision, shownText: text } : decision;
}

type Result = Awaited<ReturnType<typeof giveConsent>> | Awaited<ReturnType<typeof withdrawConsent>>;

async function report(result: Result, { json }: ConsentOptions): Promise<void> {
  if (json) return printJson(result);
  const challenge = `challenge ${result.challengeId}, ${plain(result.challengeTitle)}`;
  switch (result.outcome) {
    case 'given': {
      const { earliestDeletion } = result.impact;
      const first = earliestDeletion
        ? ` Nothing is deleted before ${instant(new Date(earliestDeletion))}.`
        : '';
      return print(
        `Consent is given for ${challenge}: ${formatCount(result.datesSet, 'submission')} now ${result.datesSet === 1 ? 'has a date' : 'have dates'}.${first}`,
      );
    }
    case 'already-given':
      return print(
        `Consent was given already for ${challenge}, by ${plain(result.consentBy.displayName)} (${result.consentBy.username}), ${instant(result.consentDate)}.`,
      );
    case 'withdrawn': {
      const { deletingFiles } = result.impact;
      const late = deletingFiles > 0 ? ` For ${formatCount(deletingFiles, 'file')} it came too late.` : '';
      return print(
        `Consent is withdrawn for ${challenge}: ${formatCount(result.datesCleared, 'date was', 'dates were')} cleared.${late}`,
      );
    }
    case 'not-given':
      return print(`There is no consent to withdraw for ${challenge}.`);
  }
}
