'use client';

import { Tooltip as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';

interface TooltipProps {
  /** Words that add to what is seen; nothing that a person needs may stand only here. */
  content: ReactNode;
  /** One element that can have the focus, such as a Button. */
  children: ReactNode;
  side?: 'top' | 'right' | 'bottom' | 'left';
}

/** Opens on hover and on focus, closes on Escape. */
export function Tooltip({ content, children, side = 'top' }: TooltipProps) {
  return (
    <Primitive.Provider delayDuration={300}>
      <Primitive.Root>
        <Primitive.Trigger asChild>{children}</Primitive.Trigger>
        <Primitive.Portal>
          <Primitive.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-xs rounded-md bg-foreground px-2.5 py-1.5 text-xs leading-4 text-background shadow-overlay"
          >
            {content}
          </Primitive.Content>
        </Primitive.Portal>
      </Primitive.Root>
    </Primitive.Provider>
  );
}
