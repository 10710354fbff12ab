import Link from 'next/link';
import type { ComponentProps } from 'react';
import { type ButtonLook, buttonVariants } from './button';
import { cn } from './cn';

/** Goes somewhere, and looks like a button. For something that is done, use Button. */
export function LinkButton({ className, variant, size, ...props }: ComponentProps<typeof Link> & ButtonLook) {
  return <Link {...props} className={cn(buttonVariants({ variant, size }), className)} />;
}
