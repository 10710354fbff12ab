'use client';

import { type FormEvent, useState } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';

interface ReasonDialogProps<Input extends object> {
  /** The words of the button that opens it. */
  trigger: string;
  /** Its whole name, where several of the same words stand on one page. */
  label?: string;
  title: string;
  description: string;
  /** The words of the button that acts. */
  confirm: string;
  /** What is said when it is done. */
  done: string;
  run: (input: Input & { reason: string }) => Promise<ActionResult<unknown>>;
  /** What the action is given besides the reason. */
  input: Input;
}

/** Asks for the reason of a change that needs nothing else. */
export function ReasonDialog<Input extends object>(props: ReasonDialogProps<Input>) {
  const { trigger, label, title, description, confirm, done, run: action, input } = props;
  const [open, setOpen] = useState(false);
  const { run, pending, failure, reset } = useAction(action, () => {
    setOpen(false);
    toast.success(done);
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ ...input, reason: String(new FormData(event.currentTarget).get('reason') ?? '') });
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
        <Button size="sm" aria-label={label}>
          {trigger}
        </Button>
      </DialogTrigger>
      <DialogContent title={title} description={description}>
        <form onSubmit={submit} className="grid gap-4">
          {failure && failure.fields.reason === undefined ? (
            <Callout kind="error" title="This was not done">
              {failure.message}
            </Callout>
          ) : null}
          <Field label="Reason" required hint="It goes into the audit log." error={failure?.fields.reason}>
            {(control) => <Textarea {...control} name="reason" maxLength={2000} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button type="submit" variant="primary" loading={pending}>
              {confirm}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
