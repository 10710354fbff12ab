import {
  CalendarClock,
  CircleCheck,
  CircleSlash,
  CircleX,
  Hourglass,
  type LucideIcon,
  Replace,
  UserCheck,
} from 'lucide-react';
import { Badge } from '../ui/badge';
import type { Tone } from '../ui/tone';
import type { ChangeStanding } from './override-words';

const LOOKS: Record<ChangeStanding, { word: string; icon: LucideIcon; tone: Tone; meaning: string }> = {
  'awaiting-approval': {
    word: 'Awaiting approval',
    icon: UserCheck,
    tone: 'amber',
    meaning: 'A second admin must approve it first.',
  },
  unannounced: {
    word: 'To be announced',
    icon: Hourglass,
    tone: 'neutral',
    meaning: 'The hosts are told next.',
  },
  'not-announced': {
    word: 'Not announced',
    icon: CircleX,
    tone: 'red',
    meaning: 'The hosts could not be told, so it cannot take effect.',
  },
  announced: {
    word: 'Scheduled',
    icon: CalendarClock,
    tone: 'blue',
    meaning: 'The hosts were told; it takes effect by itself.',
  },
  'in-force': { word: 'In force', icon: CircleCheck, tone: 'green', meaning: 'It took effect.' },
  cancelled: { word: 'Cancelled', icon: CircleSlash, tone: 'neutral', meaning: 'It never took effect.' },
  superseded: {
    word: 'Superseded',
    icon: Replace,
    tone: 'neutral',
    meaning: 'A later change took its place before it took effect.',
  },
};

export function ChangeStateBadge({ standing }: { standing: ChangeStanding }) {
  const { word, icon, tone, meaning } = LOOKS[standing];
  return (
    <Badge tone={tone} icon={icon} title={meaning} data-state-name={standing}>
      {word}
    </Badge>
  );
}
