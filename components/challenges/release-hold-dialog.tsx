'use client';

import { type FormEvent, useState, useTransition } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';

export type ReleaseHold = (input: {
  holdId: string;
  reason: string;
}) => Promise<ActionResult<{ datesChanged: number }>>;

interface ReleaseHoldDialogProps {
  holdId: string;
  matter: string;
  /** What it stands on, in words. */
  target: string;
  release: ReleaseHold;
}

export function ReleaseHoldDialog({ holdId, matter, target, release }: ReleaseHoldDialogProps) {
  const [open, setOpen] = useState(false);
  const [pending, startTransition] = useTransition();
  const [failure, setFailure] = useState<{ message: string; fields: Record<string, string> } | null>(null);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '');
    startTransition(async () => {
      const result = await release({ holdId, reason }).catch(() => NO_ANSWER);
      if (!result.ok) return setFailure(result);
      setOpen(false);
      toast.success('The hold is released. The hosts are told before anything goes.');
    });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setFailure(null);
      }}
    >
      <DialogTrigger asChild>
        <Button size="sm" aria-label={`Release the hold for ${matter}`}>
          Release
        </Button>
      </DialogTrigger>
      <DialogContent
        title={`Release the hold for “${matter}”?`}
        description={`${target} is no longer kept by it. What is due then needs a new notice to the hosts, and 14 days, before it goes.`}
      >
        <form onSubmit={submit} className="grid gap-4">
          {failure && failure.fields.reason === undefined ? (
            <Callout kind="error">{failure.message}</Callout>
          ) : null}
          <Field label="Reason" required error={failure?.fields.reason}>
            {(control) => <Textarea {...control} name="reason" maxLength={2000} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button type="submit" variant="danger" loading={pending}>
              Release the hold
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

const NO_ANSWER = {
  ok: false as const,
  message: 'The server did not answer as it should. Look at the list of holds, and try again.',
  fields: {},
};
