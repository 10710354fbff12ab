import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { type Tone, toneSoft, toneText } from './tone';

interface BadgeProps extends ComponentProps<'span'> {
  tone?: Tone;
  icon?: LucideIcon;
}

/** A short word on a soft surface. For the state of a thing use StateBadge. */
export function Badge({ tone = 'neutral', icon: Icon, className, children, ...props }: BadgeProps) {
  return (
    <span
      {...props}
      className={cn(
        'inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 text-xs leading-4 font-medium whitespace-nowrap',
        toneSoft[tone],
        toneText[tone],
        className,
      )}
    >
      {Icon ? <Icon aria-hidden className="size-3.5 shrink-0" /> : null}
      {children}
    </span>
  );
}
