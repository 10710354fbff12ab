'use client';

import { Menu, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import type { Role } from '@/lib/people/actor';
import { Button } from '../ui/button';
import { overlayClass } from '../ui/overlay';
import { Brand } from './brand';
import { NavLinks } from './nav-links';

/** The navigation of a narrow screen: a dialog, so that it keeps the focus and closes on Escape. */
export function MobileDrawer({ role }: { role: Role }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button variant="ghost" size="icon" aria-label="Open the menu">
          <Menu aria-hidden />
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayClass} />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col gap-4 overflow-y-auto border-r bg-popover p-4 shadow-overlay focus:outline-none"
        >
          <div className="flex items-center justify-between">
            <Dialog.Title asChild>
              <h2>
                <Brand />
              </h2>
            </Dialog.Title>
            <Dialog.Close asChild>
              <Button variant="ghost" size="icon" aria-label="Close the menu">
                <X aria-hidden />
              </Button>
            </Dialog.Close>
          </div>
          <NavLinks role={role} onNavigate={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
