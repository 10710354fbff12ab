'use client';

import { AlertDialog as Primitive } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';
import { overlayClass, sheetClass } from './overlay';

/**
 * For what cannot be undone: a click outside does not close it, and the focus starts on Cancel. Put Button (variant
 * "danger") into AlertDialogAction and a plain Button into AlertDialogCancel, both with `asChild`.
 */
export const AlertDialog = Primitive.Root;
export const AlertDialogTrigger = Primitive.Trigger;
export const AlertDialogCancel = Primitive.Cancel;
export const AlertDialogAction = Primitive.Action;

interface AlertDialogContentProps extends Omit<ComponentProps<typeof Primitive.Content>, 'title'> {
  title: ReactNode;
  description: ReactNode;
}

export function AlertDialogContent({
  className,
  title,
  description,
  children,
  ...props
}: AlertDialogContentProps) {
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlayClass} />
      <Primitive.Content {...props} className={cn(sheetClass, className)}>
        <div className="grid gap-1.5">
          <Primitive.Title className="text-base font-semibold">{title}</Primitive.Title>
          <Primitive.Description className="text-muted-foreground">{description}</Primitive.Description>
        </div>
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}
