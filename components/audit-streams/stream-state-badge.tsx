import { Gauge, TriangleAlert } from 'lucide-react';
import type { StreamStanding } from '@/lib/audit/limits/stream-standings';
import { Badge } from '../ui/badge';
import { StateBadge } from '../ui/state-badge';

type Standing = Pick<StreamStanding, 'limits' | 'alarm' | 'activeHolds'>;

/** How a stream stands to its limits, and whether it is held. */
export function StreamStateBadge({ stream: { limits, alarm, activeHolds } }: { stream: Standing }) {
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {alarm !== null ? (
        <Badge tone="red" icon={TriangleAlert}>
          Over its limits
        </Badge>
      ) : limits !== null ? (
        <Badge tone="green" icon={Gauge}>
          Limited
        </Badge>
      ) : (
        <Badge>No limits</Badge>
      )}
      {activeHolds > 0 ? <StateBadge state="held" /> : null}
    </span>
  );
}
