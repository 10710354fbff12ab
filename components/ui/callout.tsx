import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';
import { type Tone, toneSoft, toneText } from './tone';

type Kind = 'info' | 'success' | 'warning' | 'error';

const KINDS: Record<Kind, { tone: Tone; icon: LucideIcon; role: 'note' | 'status' | 'alert' }> = {
  info: { tone: 'blue', icon: Info, role: 'note' },
  success: { tone: 'green', icon: CircleCheck, role: 'status' },
  warning: { tone: 'amber', icon: TriangleAlert, role: 'note' },
  error: { tone: 'red', icon: CircleAlert, role: 'alert' },
};

interface CalloutProps {
  kind?: Kind;
  title?: string;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
  /** For 'error' and 'success' it is read out when it appears; say 'note' where it stands there from the start. */
  role?: 'note' | 'status' | 'alert';
}

/** A message within a page. */
export function Callout({ kind = 'info', title, children, actions, className, role }: CalloutProps) {
  const look = KINDS[kind];
  const Icon = look.icon;
  return (
    <div
      role={role ?? look.role}
      className={cn('flex items-start gap-3 rounded-lg px-4 py-3', toneSoft[look.tone], className)}
    >
      <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', toneText[look.tone])} />
      <div className="grid min-w-0 flex-1 gap-1">
        {title ? <p className={cn('font-medium', toneText[look.tone])}>{title}</p> : null}
        {children ? <div className="text-foreground">{children}</div> : null}
      </div>
      {actions ? <div className="flex shrink-0 gap-2">{actions}</div> : null}
    </div>
  );
}
