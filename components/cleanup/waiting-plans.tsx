import type { ListedPlan } from '@/lib/deletion/list-plans';
import { formatBytes, formatCount } from '@/lib/platform/format';
import { Callout } from '../ui/callout';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { countOf, isAnonymous } from './plan-words';

interface WaitingPlansProps {
  plans: readonly ListedPlan[];
  zone: string;
  now: Date;
}

/** Plans that nobody can run before a second admin has approved them. */
export function WaitingPlans({ plans, zone, now }: WaitingPlansProps) {
  if (plans.length === 0) return null;
  return (
    <Callout kind="warning" title={`${formatCount(plans.length, 'plan')} for a second admin to approve`}>
      <ul className="grid gap-1">
        {plans.map((plan) => (
          <li key={plan.id}>
            <TextLink href={`/cleanup/plans/${plan.id}`}>
              {countOf(plan)} ({formatBytes(plan.bytes)})
            </TextLink>{' '}
            of {aboutWhat(plan)}, made by {plan.createdByName ?? 'the command line'}{' '}
            <Timestamp value={plan.createdAt} zone={zone} now={now} layout="inline" />
          </li>
        ))}
      </ul>
    </Callout>
  );
}

const aboutWhat = (plan: ListedPlan): string =>
  isAnonymous(plan) ? 'public data' : (plan.challengeTitle ?? formatCount(plan.challenges, 'challenge'));
