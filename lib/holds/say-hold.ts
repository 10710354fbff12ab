import { formatDate, formatInstantBoth } from '@/lib/platform/format-time';
import type { HoldRow } from './hold-rows';

/** So much of a reason stands in a sentence; the page has the whole. */
const SHORT = 200;

type Target = Pick<HoldRow, 'challengeTitle' | 'phaseName' | 'submissionId'>;

/** What a hold stands on: '“Bin Picking”', 'phase Final of “Bin Picking”', 'submission #12 of “Bin Picking”'. */
export function sayTarget({ challengeTitle, phaseName, submissionId }: Target): string {
  if (submissionId !== null) return `submission #${submissionId} of “${challengeTitle}”`;
  return phaseName === null ? `“${challengeTitle}”` : `phase ${phaseName} of “${challengeTitle}”`;
}

/** What is or was held, since when, by whom, for which matter and why; days in `zone`, an IANA name. */
export function sayHold(hold: HoldRow, zone: string): string {
  const { placedAt, placedBy, matter, reason, releasedAt, releasedBy, releaseReason } = hold;
  const target = sayTarget(hold);
  const what = target.charAt(0).toUpperCase() + target.slice(1);
  const why = `by ${placedBy}, for the matter “${matter}”: ${shortened(reason)}`;
  if (!releasedAt) return `${what} has been held since ${formatDate(placedAt, zone)} ${why}`;
  const [from, until] = [formatDate(placedAt, zone), formatDate(releasedAt, zone)];
  const when = from === until ? `on ${from}` : `from ${from} until ${until}`;
  const because = releaseReason ? `: ${shortened(releaseReason)}` : '.';
  return `${what} was held ${when} ${why} Released by ${releasedBy ?? 'somebody'}${because}`;
}

/** For who comes too late to release it. */
export function sayReleasedAlready({ releasedAt, releasedBy }: HoldRow, zone: string): string {
  const when = releasedAt ? ` on ${formatInstantBoth(releasedAt, zone)}` : '';
  return `This hold was released already, by ${releasedBy ?? 'somebody'}${when}.`;
}

/** One line that ends as a sentence does. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const letters = [...line];
  if (letters.length > SHORT) return `${letters.slice(0, SHORT).join('').trimEnd()}…`;
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}
