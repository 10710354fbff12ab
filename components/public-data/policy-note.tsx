import type { ComingDue } from '@/lib/anonymous/coming-due';
import type { KeptTranscripts } from '@/lib/anonymous/kept-transcripts';
import type { PublishedPolicy } from '@/lib/anonymous/list-policies';
import { formatCount } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { PUBLIC_DAYS } from '@/lib/platform/public-data-variables';
import { Callout } from '../ui/callout';
import { sayWaiting } from './policy-words';
import { RUNS_AT, TIME_SHOWN } from './schedule-words';

interface PolicyNoteProps {
  /** The one in force; undefined: none was ever recorded. */
  policy: PublishedPolicy | undefined;
  coming: ComingDue;
  ifSwitchedOn: KeptTranscripts['ifSwitchedOn'];
  zone: string;
  now: Date;
}

/** What the policy in force does not do yet, and how it is switched on where it is off. */
export function PolicyNote({ policy, coming, ifSwitchedOn, zone, now }: PolicyNoteProps) {
  if (!policy?.publicMode) return <SwitchedOff ifSwitchedOn={ifSwitchedOn} zone={zone} />;
  const waiting = sayWaiting(policy, coming.withPolicy, zone, now);
  if (waiting === null) return null;
  return <Callout title={waiting.title}>{waiting.text}</Callout>;
}

function SwitchedOff({ ifSwitchedOn, zone }: Pick<PolicyNoteProps, 'ifSwitchedOn' | 'zone'>) {
  const { from, transcripts } = ifSwitchedOn;
  return (
    <Callout title="How to switch it on">
      <div className="grid gap-1.5">
        <p>
          Start Lapse with <code className="font-mono text-[0.8125rem]">PUBLIC_MODE=1</code> in its
          environment, and with <code className="font-mono text-[0.8125rem]">PUBLIC_DATA_RETENTION_DAYS</code>{' '}
          for another period than {formatCount(PUBLIC_DAYS.default, 'day')}. The start records it, and from
          then on transcripts of nobody’s go after the period, every day at {RUNS_AT}.
        </p>
        <p>
          What is here already falls under it only when it has been in force for {TIME_SHOWN}. Switched on
          now, nothing that is here goes before {formatInstantBoth(from, zone)};{' '}
          {transcripts === 0
            ? 'none of it would be old enough then.'
            : `${formatCount(transcripts, 'transcript')} would be old enough then.`}
        </p>
      </div>
    </Callout>
  );
}
