'use client';

import { Search } from 'lucide-react';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';

/** Makes a plan and goes to it. Deletes nothing, so it asks nothing. */
export type PreviewCleanup = () => Promise<ActionResult<never>>;

interface PreviewButtonProps {
  preview: PreviewCleanup;
  label?: string;
}

export function PreviewButton({ preview, label = 'Preview a cleanup' }: PreviewButtonProps) {
  const { run, pending, failure } = useAction(preview);
  return (
    <span className="grid justify-items-end gap-1">
      <Button variant="primary" loading={pending} onClick={() => run()}>
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
