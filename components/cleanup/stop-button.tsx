'use client';

import { Octagon } from 'lucide-react';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { toast } from '../ui/toaster';

interface StopButtonProps {
  jobRunId: string;
  stop: (input: { jobRunId: string }) => Promise<ActionResult<null>>;
}

/** Stopping is the safe thing to do, and what stays goes with a later run: it asks nothing. */
export function StopButton({ jobRunId, stop }: StopButtonProps) {
  const { run, pending, failure } = useAction(stop, () =>
    toast.success('The run stops after the batch that is under way.'),
  );
  return (
    <span className="grid justify-items-end gap-1">
      <Button loading={pending} onClick={() => run({ jobRunId })}>
        {pending ? null : <Octagon aria-hidden />}
        Stop
      </Button>
      {failure ? (
        <span role="alert" className="text-[0.8125rem] text-tone-red">
          {failure.message}
        </span>
      ) : null}
    </span>
  );
}
