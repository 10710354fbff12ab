import { diffValues } from '@/lib/audit/diff-values';
import type { AuditEventRow } from '@/lib/audit/event-row';
import { EmptyState } from '../ui/empty-state';
import { ValueTable } from './value-diff';

/** What another program says of the actor, as it says it. */
export function PushedDetails({ event, zone }: { event: AuditEventRow; zone: string }) {
  return (
    <ValueTable
      title="Details of the actor"
      caption="Details of the actor"
      changes={diffValues(null, event.actorDetails.details)}
      zone={zone}
      empty={<EmptyState title="No details">The program that pushed this event gave none.</EmptyState>}
    />
  );
}
