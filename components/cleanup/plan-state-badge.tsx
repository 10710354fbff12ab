import { CalendarX, CircleCheck, FileCheck, LoaderCircle, type LucideIcon } from 'lucide-react';
import type { Plan } from '@/lib/deletion/source';
import { Badge } from '../ui/badge';
import type { Tone } from '../ui/tone';

const LOOKS: Record<Plan['state'], { word: string; icon: LucideIcon; tone: Tone }> = {
  ready: { word: 'Ready', icon: FileCheck, tone: 'blue' },
  running: { word: 'Running', icon: LoaderCircle, tone: 'teal' },
  done: { word: 'Run', icon: CircleCheck, tone: 'green' },
  expired: { word: 'Expired', icon: CalendarX, tone: 'neutral' },
};

/** What can be done with a plan. One past its end is expired, whether that was written down yet or not. */
export function PlanStateBadge({ plan, now }: { plan: Pick<Plan, 'state' | 'expiresAt'>; now: Date }) {
  const state = plan.state === 'ready' && plan.expiresAt <= now ? 'expired' : plan.state;
  const { word, icon, tone } = LOOKS[state];
  return (
    <Badge tone={tone} icon={icon} data-state-name={state}>
      {word}
    </Badge>
  );
}
