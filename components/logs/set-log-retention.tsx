'use client';

import { RefreshCw } from 'lucide-react';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { toast } from '../ui/toaster';

/** Brings one log group in line; the answer is a sentence about how it stands then. */
export type ApplyLogs = (input: {
  challengeId: number;
  environment: string;
}) => Promise<ActionResult<{ isFine: boolean; message: string }>>;

interface SetLogRetentionProps {
  challengeId: number;
  environment: string;
  /** What the button is called. */
  label: string;
  apply: ApplyLogs;
}

/** It only ever does what the hourly job would do, so it needs no question. */
export function SetLogRetention({ challengeId, environment, label, apply }: SetLogRetentionProps) {
  const { run, pending, failure } = useAction(apply, ({ isFine, message }) =>
    isFine ? toast.success(message) : toast.error(message),
  );
  return (
    <span className="grid justify-items-start gap-1 sm:justify-items-end">
      <Button
        size="sm"
        loading={pending}
        onClick={() => run({ challengeId, environment })}
        aria-label={`${label}: logs of ${environment}`}
      >
        <RefreshCw aria-hidden /> {label}
      </Button>
      {failure ? (
        <span role="alert" className="text-[0.8125rem] text-tone-red">
          {failure.message}
        </span>
      ) : null}
    </span>
  );
}
