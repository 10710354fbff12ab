'use client';

import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { Button } from './button';

interface Toast {
  id: number;
  kind: 'success' | 'error';
  text: string;
}

const NONE: readonly Toast[] = [];
const SHOWN_MS = 6000;
let toasts: readonly Toast[] = NONE;
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function add(kind: Toast['kind'], text: string) {
  lastId += 1;
  set([...toasts.slice(-2), { id: lastId, kind, text }]);
}

/**
 * Confirms what was done when the page itself does not show it. What a person must read or mend belongs into the page
 * (Callout, Field). A success goes after six seconds; an error stays until it is closed.
 *
 * Our own, because the usual library inserts its styles without a nonce, which the content security policy refuses.
 */
export const toast = {
  success: (text: string) => add('success', text),
  error: (text: string) => add('error', text),
};

const remove = (id: number) => set(toasts.filter((item) => item.id !== id));

/** Stands once in the root layout; the live regions must be there before their first message. */
export function Toaster() {
  const items = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => NONE,
  );
  return (
    <div
      className="pointer-events-none fixed right-4 bottom-4 left-4 z-50 grid justify-items-end gap-2 sm:left-auto"
      data-print="hide"
    >
      <div role="status" className="grid gap-2">
        {items.map((item) => (item.kind === 'success' ? <Item key={item.id} item={item} /> : null))}
      </div>
      <div role="alert" className="grid gap-2">
        {items.map((item) => (item.kind === 'error' ? <Item key={item.id} item={item} /> : null))}
      </div>
    </div>
  );
}

function Item({ item }: { item: Toast }) {
  useEffect(() => {
    if (item.kind === 'error') return;
    const timer = setTimeout(() => remove(item.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [item]);
  const Icon = item.kind === 'error' ? CircleAlert : CircleCheck;
  return (
    <div className="pointer-events-auto flex max-w-md items-start gap-3 rounded-lg border bg-popover py-3 pr-2 pl-4 shadow-overlay">
      <Icon
        aria-hidden
        className={
          item.kind === 'error'
            ? 'mt-0.5 size-4 shrink-0 text-tone-red'
            : 'mt-0.5 size-4 shrink-0 text-tone-green'
        }
      />
      <p className="flex-1">{item.text}</p>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Dismiss"
        onClick={() => remove(item.id)}
        className="-my-1"
      >
        <X aria-hidden />
      </Button>
    </div>
  );
}
