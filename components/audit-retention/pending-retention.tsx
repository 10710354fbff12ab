'use client';

import { type FormEvent, useState } from 'react';
import type { ShownPending } from '@/lib/audit/policy/show-retention';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { TextLink } from '../ui/text-link';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import type { RetentionActions } from './retention-actions';

interface PendingRetentionProps {
  pending: ShownPending;
  /** Null for those who may look and not change. */
  cancel: RetentionActions['cancel'] | null;
  /** True where it stands beside other things, and not on its own page. */
  isElsewhere?: boolean;
}

/** What is scheduled to get shorter, while there is time to stop it. */
export function PendingRetention({ pending, cancel, isElsewhere = false }: PendingRetentionProps) {
  const { words, byName, from } = pending;
  return (
    <Callout
      kind="warning"
      title={
        isElsewhere ? 'The audit log is about to be kept for a shorter time' : 'Scheduled to get shorter'
      }
      actions={cancel && from ? <CancelDialog words={words} cancel={cancel} /> : null}
    >
      <p>
        {words} ({byName ?? 'the environment or the command line'}). Until then the longer one holds.
      </p>
      {isElsewhere ? <TextLink href="/settings/audit-retention">See it, or cancel it</TextLink> : null}
    </Callout>
  );
}

function CancelDialog({ words, cancel }: { words: string; cancel: RetentionActions['cancel'] }) {
  const [open, setOpen] = useState(false);
  const { run, pending, failure, reset } = useAction(cancel, () => {
    setOpen(false);
    toast.success('Cancelled. The retention of the audit log stays as it is.');
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ reason: String(new FormData(event.currentTarget).get('reason') ?? '') });
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
        <Button size="sm">Cancel it…</Button>
      </DialogTrigger>
      <DialogContent
        title="Keep the longer retention?"
        description={`Not any more: ${words}. What holds now goes on. To shorten it after all, ask for it again; the 7 days begin anew then.`}
      >
        <form onSubmit={submit} className="grid gap-4" noValidate>
          {failure && failure.fields.reason === undefined ? (
            <Callout kind="error">{failure.message}</Callout>
          ) : null}
          <Field label="Reason" required error={failure?.fields.reason} hint="It goes into the audit log.">
            {(control) => <Textarea {...control} name="reason" maxLength={2000} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Leave it scheduled</Button>
            </DialogClose>
            <Button type="submit" variant="primary" loading={pending}>
              Keep the longer one
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
