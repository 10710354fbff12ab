import Link from 'next/link';
import type { ComponentProps } from 'react';
import { cn } from './cn';

/**
 * A link in running text or in a table cell. It fetches nothing before it is followed: a table of fifty rows would ask the server
 * for a hundred pages of which one is read.
 */
export function TextLink({ className, ...props }: ComponentProps<typeof Link>) {
  return (
    <Link
      prefetch={false}
      {...props}
      className={cn(
        'rounded-sm font-medium text-primary-text underline decoration-primary-text/35 underline-offset-4 hover:decoration-primary-text',
        className,
      )}
    />
  );
}
