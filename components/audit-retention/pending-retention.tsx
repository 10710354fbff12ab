'use client';

import { type FormEvent, useState } from 'react';
import { sayWho } from '@/lib/audit/policy/say-policy';
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
}

/** What is scheduled to get shorter, while there is time to stop it. */
export function PendingRetention({ pending, cancel }: PendingRetentionProps) {
  return (
    <Callout
      kind="warning"
      title="Scheduled to get shorter"
      actions={cancel && pending.from ? <CancelDialog words={pending.words} cancel={cancel} /> : null}
    >
      <p>{pendingWords(pending)}</p>
    </Callout>
  );
}

/** The same on a page about other things, for whoever may see it: announced is what others can object to in time (L4). */
export function AnnouncedRetention({ pending, mayCancel }: { pending: ShownPending; mayCancel: boolean }) {
  return (
    <Callout kind="warning" title="The audit log is about to be kept for a shorter time">
      <p>
        {pendingWords(pending)} {mayCancel ? null : 'Every admin can cancel it.'}
      </p>
      <TextLink href="/settings/audit-retention">{mayCancel ? 'See it, or cancel it' : 'See it'}</TextLink>
    </Callout>
  );
}

const pendingWords = ({ words, byName }: ShownPending): string =>
  `${words} (${sayWho(byName)}). Until then the longer one holds.`;

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
