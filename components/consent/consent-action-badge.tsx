import { ShieldCheck, ShieldOff } from 'lucide-react';
import { Badge } from '../ui/badge';

export function ConsentActionBadge({ action }: { action: 'given' | 'withdrawn' }) {
  return action === 'given' ? (
    <Badge tone="green" icon={ShieldCheck}>
      Given
    </Badge>
  ) : (
    <Badge tone="neutral" icon={ShieldOff}>
      Withdrawn
    </Badge>
  );
}
