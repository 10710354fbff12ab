import { Ban, CircleCheck, CircleX, Hourglass, TimerOff } from 'lucide-react';
import type { AuditEventRow } from '@/lib/audit/event-row';
import { OWN_STREAM } from '@/lib/audit/streams';
import { Badge } from '../ui/badge';

/** What became of an event. A refusal is told from a failure, for auditors look for either. */
export function ResultBadge({ event }: { event: Pick<AuditEventRow, 'stream' | 'result' | 'error'> }) {
  switch (event.result) {
    case 'success':
      return (
        <Badge tone="green" icon={CircleCheck}>
          Done
        </Badge>
      );
    case 'error':
      return isRefusal(event) ? (
        <Badge tone="amber" icon={Ban}>
          Refused
        </Badge>
      ) : (
        <Badge tone="red" icon={CircleX}>
          Failed
        </Badge>
      );
    case 'timeout':
      return (
        <Badge tone="orange" icon={TimerOff}>
          Cut off
        </Badge>
      );
    case null:
      return (
        <Badge tone="neutral" icon={Hourglass}>
          Not completed
        </Badge>
      );
  }
}

/** Whether somebody was kept from doing it, by right or by rule, rather than it having broken. Of others nobody can tell. */
function isRefusal({ stream, error }: Pick<AuditEventRow, 'stream' | 'error'>): boolean {
  return (
    stream === OWN_STREAM &&
    error !== null &&
    !error.startsWith('fault:') &&
    !error.startsWith('unavailable:')
  );
}

/** The words of a recorded error, without its code. */
export const errorWords = (error: string): string => {
  const words = error.replace(/^[a-z_]+: /, '');
  return error.startsWith('fault:') ? `A fault of Lapse (${words}).` : words;
};
