import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';

interface CheckboxProps extends Omit<ComponentProps<'input'>, 'type' | 'id'> {
  id: string;
  label: ReactNode;
  hint?: ReactNode;
}

/** The platform's own checkbox with its label and an optional hint; the whole line can be clicked. */
export function Checkbox({ className, id, label, hint, ...props }: CheckboxProps) {
  const hintId = hint ? `${id}-hint` : undefined;
  return (
    <div className={cn('grid grid-cols-[auto_1fr] gap-x-2', className)}>
      <input
        aria-describedby={hintId}
        {...props}
        id={id}
        type="checkbox"
        className="mt-0.5 size-4 rounded-sm accent-primary"
      />
      <label htmlFor={id} className="text-sm leading-5">
        {label}
      </label>
      {hint ? (
        <div id={hintId} className="col-start-2 text-[0.8125rem] text-muted-foreground">
          {hint}
        </div>
      ) : null}
    </div>
  );
}
