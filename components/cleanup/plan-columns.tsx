import type { ListedPlan } from '@/lib/deletion/list-plans';
import type { Column } from '../data-table/data-table';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { PlanStateBadge } from './plan-state-badge';

/** When a plan was made and by whom; it leads to its page. */
export const planColumn = ({ zone, now }: { zone: string; now: Date }): Column<ListedPlan> => ({
  id: 'when',
  header: 'Plan',
  rowHeader: true,
  cell: (plan) => (
    <span className="grid gap-0.5">
      <TextLink href={`/cleanup/plans/${plan.id}`}>
        <Timestamp value={plan.createdAt} zone={zone} now={now} />
      </TextLink>
      <span className="text-xs font-normal text-muted-foreground">by {plan.madeBy}</span>
    </span>
  ),
});

/** What became of it, and of its approval. */
export const planStateColumn = (now: Date): Column<ListedPlan> => ({
  id: 'state',
  header: 'State',
  cell: (plan) => (
    <span className="grid justify-items-start gap-1">
      <PlanStateBadge plan={plan} now={now} />
      {plan.approval ? (
        <span className="text-xs text-muted-foreground">
          {plan.approval === 'waiting' ? 'Needs a second admin' : 'Approved by a second admin'}
        </span>
      ) : null}
    </span>
  ),
});
