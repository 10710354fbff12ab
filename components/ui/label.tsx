import type { ComponentProps } from 'react';
import { cn } from './cn';

interface LabelProps extends ComponentProps<'label'> {
  htmlFor: string;
}

export function Label({ className, htmlFor, children, ...props }: LabelProps) {
  return (
    <label {...props} htmlFor={htmlFor} className={cn('text-[0.8125rem] leading-5 font-medium', className)}>
      {children}
    </label>
  );
}
