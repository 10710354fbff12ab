'use client';

import { Search } from 'lucide-react';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';

/** Makes a plan, of one challenge or of all of them, and goes to it. Deletes nothing, so it asks nothing. */
export type PreviewCleanup = (input: { challengeId?: number }) => Promise<ActionResult<never>>;

interface PreviewButtonProps {
  preview: PreviewCleanup;
  /** Left out: all challenges. */
  challengeId?: number | undefined;
  label?: string;
  variant?: 'primary' | 'secondary';
}

export function PreviewButton({
  preview,
  challengeId,
  label = 'Preview a cleanup',
  variant = 'primary',
}: PreviewButtonProps) {
  const { run, pending, failure } = useAction(preview);
  return (
    <span className="grid justify-items-end gap-1">
      <Button
        variant={variant}
        loading={pending}
        onClick={() => run(challengeId === undefined ? {} : { challengeId })}
      >
        {pending ? null : <Search aria-hidden />}
        {label}
      </Button>
      {failure ? (
        <span role="alert" className="text-[0.8125rem] text-tone-red">
          {failure.message}
        </span>
      ) : null}
    </span>
  );
}
