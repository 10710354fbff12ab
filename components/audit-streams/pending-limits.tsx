import { sayLimits } from '@/lib/audit/limits/say-stream';
import type { StreamStanding } from '@/lib/audit/limits/stream-standings';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { Callout } from '../ui/callout';
import { ReasonDialog } from './reason-dialog';
import type { KeepLimits } from './stream-actions';

interface PendingLimitsProps {
  stream: string;
  pending: NonNullable<StreamStanding['pending']>;
  /** Null for those who may look and not act. */
  keep: KeepLimits | null;
  zone: string;
}

/** Narrower limits that wait for their day, while there is time to stop them (L4). */
export function PendingLimits({ stream, pending: { limits, from }, keep, zone }: PendingLimitsProps) {
  return (
    <Callout
      kind="warning"
      title="Narrower limits are scheduled"
      actions={
        keep ? (
          <ReasonDialog
            trigger="Stop them…"
            title="Stop the scheduled limits?"
            description="What holds now goes on."
            confirm="Stop them"
            done="The scheduled limits are taken back."
            run={keep}
            input={{ stream }}
          />
        ) : null
      }
    >
      From {formatInstantBoth(from, zone)} on: {sayLimits(limits)}. What they remove then is gone for good,
      since nothing is archived.
    </Callout>
  );
}
