import type { Moves } from '@/lib/audit/policy/moves';
import { sayArchives, sayHot, sayOutcome, sayWarnings } from '@/lib/audit/policy/say-forecast';
import { movesSentences, NOTHING_MOVES } from '@/lib/audit/policy/say-moves';
import { sayValue } from '@/lib/audit/policy/say-policy';
import type { Simulation } from '@/lib/audit/policy/simulate';
import { FIELD_TITLES } from '@/lib/audit/policy/tier-policy';
import type { SizeForecast } from '@/lib/audit/size/forecast';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { Callout } from '../ui/callout';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow, TableRowHeader } from '../ui/table';
import { MovedDays } from './moved-days';

/** What changes and when, what that moves and removes, and what the tiers are going to hold. */
export function SimulationFacts({ simulation, zone }: { simulation: Simulation; zone: string }) {
  const { changed, before: policyNow, after, target, moves, heldStreams, forecast } = simulation;
  return (
    <div className="grid gap-4">
      <Table caption="What changes">
        <TableHead>
          <tr>
            <TableHeader>Setting</TableHeader>
            <TableHeader>Now</TableHeader>
            <TableHeader>Then</TableHeader>
            <TableHeader>Holds</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {changed.map(({ field, before, after: value, from }) => (
            <TableRow key={field}>
              <TableRowHeader>{FIELD_TITLES[field]}</TableRowHeader>
              <TableCell>{sayValue(field, before)}</TableCell>
              <TableCell>{sayValue(field, value)}</TableCell>
              <TableCell className="min-w-32">
                {from ? `from ${formatInstantBoth(from, zone)}` : 'at once'}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <Outcome before={policyNow} target={target} />
      {moves.length === 0 ? <p>{NOTHING_MOVES}</p> : null}
      {moves.map((step) => (
        <Step
          key={step.at.toISOString()}
          step={step}
          sentences={movesSentences(
            step,
            step.at.getTime() === after.pending?.from.getTime() ? target : after.inForce,
          )}
          zone={zone}
        />
      ))}
      {heldStreams.length > 0 ? (
        <p>Streams with a hold keep what has no copy, and their archives: {heldStreams.join(', ')}.</p>
      ) : null}
      <Forecasts before={forecast.before} after={forecast.after} zone={zone} />
    </div>
  );
}

function Step({ step, sentences, zone }: { step: Moves; sentences: string[]; zone: string }) {
  const isForGood = step.gone.events + step.expired.events > 0;
  return (
    <Callout
      kind={isForGood ? 'error' : 'info'}
      role="note"
      title={`At the next run from ${formatInstantBoth(step.at, zone)} on, by what is sealed now`}
    >
      <ul className="grid list-disc gap-1 pl-5">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <MovedDays step={step} />
    </Callout>
  );
}

/** What it comes to in the end; as a warning, where it ends earlier that there is anything. */
function Outcome({ before, target }: Pick<Simulation, 'before' | 'target'>) {
  const { words, isShorter } = sayOutcome(before, target);
  if (!isShorter) return <p>{words}</p>;
  return (
    <Callout kind="warning" role="note" title="Events will be gone for good earlier than now">
      {words}
    </Callout>
  );
}

/** If as much comes in as in the last weeks. */
function Forecasts({
  before,
  after,
  zone,
}: {
  before: SizeForecast | null;
  after: SizeForecast | null;
  zone: string;
}) {
  if (!before || !after) return null;
  const rows = [
    ['Hot tier', sayHot(before, zone), sayHot(after, zone)],
    ['Archives', sayArchives(before, zone), sayArchives(after, zone)],
    ['Size to be warned of', sayWarnings(before, zone), sayWarnings(after, zone)],
  ] as const;
  return (
    <Table
      caption="What the tiers are going to hold, if as much comes in as in the last weeks"
      captionVisible
    >
      <TableHead>
        <tr>
          <TableHeader>Tier</TableHeader>
          <TableHeader>As it is now</TableHeader>
          <TableHeader>After the change</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {rows
          .filter(([, one, other]) => one !== null || other !== null)
          .map(([name, one, other]) => (
            <TableRow key={name}>
              <TableRowHeader>{name}</TableRowHeader>
              <TableCell className="min-w-28">{one}</TableCell>
              <TableCell className="min-w-28">{other}</TableCell>
            </TableRow>
          ))}
      </TableBody>
    </Table>
  );
}
