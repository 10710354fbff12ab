import { Archive, ArrowDown, ArrowRight, Database, type LucideIcon, Package, Trash2 } from 'lucide-react';
import { Fragment } from 'react';
import type { TierPolicy } from '@/lib/audit/policy/tier-policy';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { cn } from '../ui/cn';
import { type Tone, toneSoft, toneText } from '../ui/tone';

interface TierDiagramProps {
  policy: TierPolicy;
  /** Where archives lie, in words. */
  archives: string;
}

interface Place {
  name: string;
  icon: LucideIcon;
  tone: Tone;
  when: string;
  where: string;
}

/** The way of an event through the tiers, with the days that it stays in each. */
export function TierDiagram({ policy, archives }: TierDiagramProps) {
  const places = placesOf(policy, archives);
  return (
    <ol className="grid gap-2 lg:flex lg:items-stretch">
      {places.map(({ name, icon: Icon, tone, when, where }, index) => (
        <Fragment key={name}>
          {index > 0 ? <Arrow /> : null}
          <li className="grid min-w-0 flex-1 content-start gap-1 rounded-lg border bg-card p-4">
            <p className="flex items-center gap-2">
              <span className={cn('grid size-7 shrink-0 place-items-center rounded-md', toneSoft[tone])}>
                <Icon aria-hidden className={cn('size-4', toneText[tone])} />
              </span>
              <span className="font-medium">{name}</span>
            </p>
            <p className="text-lg leading-6 font-semibold">{when}</p>
            <p className="text-[0.8125rem] break-words text-muted-foreground">{where}</p>
          </li>
        </Fragment>
      ))}
    </ol>
  );
}

function Arrow() {
  return (
    <li aria-hidden className="grid shrink-0 place-items-center text-muted-foreground">
      <ArrowRight className="hidden size-4 lg:block" />
      <ArrowDown className="size-4 lg:hidden" />
    </li>
  );
}

function placesOf(policy: TierPolicy, archives: string): Place[] {
  const { archive, hotDays, warmDays, coldDays, retentionDays } = policy;
  const gone = (after: number): Place => ({
    name: 'Gone',
    icon: Trash2,
    tone: 'neutral',
    when: `after ${formatCount(after, 'day')}`,
    where: 'What was removed stays on record, signed.',
  });
  const hot = (days: number): Place => ({
    name: 'Hot',
    icon: Database,
    tone: 'orange',
    when: `until day ${formatNumber(days)}`,
    where: 'In the database, to be searched at once.',
  });
  if (!archive) return [hot(retentionDays), gone(retentionDays)];
  return [
    hot(hotDays),
    {
      name: 'Warm',
      icon: Archive,
      tone: 'amber',
      when: `day ${formatNumber(hotDays)} to ${formatNumber(warmDays)}`,
      where: `Daily archives in ${archives}.`,
    },
    {
      name: 'Cold',
      icon: Package,
      tone: 'blue',
      when:
        coldDays === null
          ? `from day ${formatNumber(warmDays)}, for good`
          : `day ${formatNumber(warmDays)} to ${formatNumber(coldDays)}`,
      where: `Monthly archives in ${archives}.`,
    },
    ...(coldDays === null ? [] : [gone(coldDays)]),
  ];
}
