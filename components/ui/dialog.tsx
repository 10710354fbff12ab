'use client';

import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { Button } from './button';
import { cn } from './cn';
import { overlayClass, sheetClass } from './overlay';

export const Dialog = Primitive.Root;
export const DialogTrigger = Primitive.Trigger;
export const DialogClose = Primitive.Close;

interface DialogContentProps extends Omit<ComponentProps<typeof Primitive.Content>, 'title'> {
  title: ReactNode;
  /** One sentence that a screen reader reads with the title. */
  description?: ReactNode;
}

/** Keeps the focus inside, closes on Escape, and gives the focus back to what opened it. */
export function DialogContent({ className, title, description, children, ...props }: DialogContentProps) {
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlayClass} />
      <Primitive.Content
        {...props}
        {...(description ? {} : { 'aria-describedby': undefined })}
        className={cn(sheetClass, className)}
      >
        <div className="grid gap-1.5 pr-8">
          <Primitive.Title className="text-base font-semibold">{title}</Primitive.Title>
          {description ? (
            <Primitive.Description className="text-muted-foreground">{description}</Primitive.Description>
          ) : null}
        </div>
        {children}
        <Primitive.Close asChild>
          <Button variant="ghost" size="icon-sm" aria-label="Close" className="absolute top-4 right-4">
            <X aria-hidden />
          </Button>
        </Primitive.Close>
      </Primitive.Content>
    </Primitive.Portal>
  );
}

/** The row of buttons at the end of a dialog: the one that acts comes last. */
export function DialogFooter({ className, ...props }: ComponentProps<'div'>) {
  return (
    <div {...props} className={cn('flex flex-col-reverse gap-2 sm:flex-row sm:justify-end', className)} />
  );
}
