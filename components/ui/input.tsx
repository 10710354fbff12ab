import type { ComponentProps } from 'react';
import { cn } from './cn';

/** The look that text fields, text areas and selects share. */
export const controlClass = [
  'w-full rounded-md border border-input bg-card px-3 text-sm text-foreground placeholder:text-muted-foreground',
  'disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-tone-red',
].join(' ');

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input {...props} className={cn(controlClass, 'h-9', className)} />;
}
