'use client';

import { useCallback, useState, useTransition } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { toast } from '../ui/toaster';

export type ActionFailure = Extract<ActionResult<unknown>, { ok: false }>;

/**
 * Calls a server action: whether it is under way, and why the last call was refused. A surprise (no connection, a fault of
 * the server) is shown as a message, for the page itself is still fine.
 */
export function useAction<Args extends unknown[], T>(
  action: (...args: Args) => Promise<ActionResult<T>>,
  onSuccess?: (value: T) => void,
) {
  const [pending, startTransition] = useTransition();
  const [failure, setFailure] = useState<ActionFailure | null>(null);
  const run = (...args: Args) => {
    if (pending) return;
    startTransition(async () => {
      setFailure(null);
      let outcome: ActionResult<T> | undefined;
      try {
        outcome = await action(...args);
      } catch (error) {
        // Redirects travel as errors; Next must get them.
        if (isNavigation(error)) throw error;
        toast.error(
          'It is not certain that this was done: the server did not answer as it should. Reload to see.',
        );
        return;
      }
      // An action that redirects answers nothing.
      if (outcome === undefined) return;
      if (outcome.ok) onSuccess?.(outcome.value);
      else setFailure(outcome);
    });
  };
  const reset = useCallback(() => setFailure(null), []);
  return { run, pending, failure, reset };
}

function isNavigation(error: unknown): boolean {
  return error instanceof Error && 'digest' in error && String(error.digest).startsWith('NEXT_');
}
