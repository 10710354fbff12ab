import type { LimitsPreview } from '@/lib/audit/limits/preview-limits';
import { sayStep } from '@/lib/audit/limits/say-step';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { Callout } from '../ui/callout';

/** What limits would remove if they were in force now. */
export function LimitsOutcome({ shown, zone }: { shown: LimitsPreview; zone: string }) {
  const { before, removed, steps, isMore, obstacle, from } = shown;
  const size = (of: LimitsPreview['before']) =>
    `${formatCount(of.events, 'event')}, ${formatBytes(of.bytes)}`;
  return (
    <div role="status" className="grid gap-3">
      <Callout
        title={
          removed.events === 0
            ? 'Nothing would go now'
            : `${isMore ? 'More than ' : ''}${size(removed)} would go now`
        }
        role="note"
      >
        <p>{removed.events === 0 ? `All of it stays: ${size(before)}.` : staysWords(shown)}</p>
        {steps.length > 1 ? (
          <ul className="list-disc pl-5">
            {steps.map((step) => (
              <li key={step.reason}>{sayStep(step)}</li>
            ))}
          </ul>
        ) : null}
        <p>
          {from === null
            ? 'The limits hold at once; the job that keeps them runs every 10 minutes.'
            : `What keeps longer holds at once; what removes more holds from ${formatInstantBoth(from, zone)} on, and can be stopped until then.`}
        </p>
      </Callout>
      {obstacle ? (
        <Callout kind="warning" title="Not all that they ask for may go" role="note">
          {obstacle}
        </Callout>
      ) : null}
    </div>
  );
}

const size = (of: LimitsPreview['before']) => `${formatCount(of.events, 'event')}, ${formatBytes(of.bytes)}`;

function staysWords({ before, after, isMore, copies }: LimitsPreview): string {
  const goes =
    copies === 'archived'
      ? 'What goes stays in its archives, and can be searched there.'
      : 'What goes is gone for good, since nothing is archived.';
  return `There are ${size(before)}; ${isMore ? 'at most ' : ''}${size(after)} would stay. ${goes}`;
}
