'use client';

import { type FormEvent, useState } from 'react';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import type { OverrideActions } from './override-actions';

interface CancelChangeDialogProps {
  changeId: string;
  /** Such as 'Retention of files, 90 to 40 days'. */
  what: string;
  cancel: OverrideActions['cancel'];
}

export function CancelChangeDialog({ changeId, what, cancel }: CancelChangeDialogProps) {
  const [open, setOpen] = useState(false);
  const { run, pending, failure, reset } = useAction(cancel, () => {
    setOpen(false);
    toast.success('The change is cancelled. The period stays as it is.');
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ changeId, reason: String(new FormData(event.currentTarget).get('reason') ?? '') });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        reset();
      }}
    >
      <DialogTrigger asChild>
        <Button size="sm" aria-label={`Cancel the change: ${what}`}>
          Cancel…
        </Button>
      </DialogTrigger>
      <DialogContent
        title="Cancel this change?"
        description={`${what}: the period stays as it is. To shorten it after all, ask for the change again; the hosts are told again then.`}
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
              <Button>Keep the change</Button>
            </DialogClose>
            <Button type="submit" variant="primary" loading={pending}>
              Cancel the change
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
