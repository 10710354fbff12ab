'use client';

import { type FormEvent, useState } from 'react';
import { useAction } from '../forms/use-action';
import { placedWords } from '../holds/hold-dialog';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import type { PlaceAnonymousHoldAction } from './hold-actions';

interface PlaceAnonymousHoldProps {
  /** Null: on all anonymous data. */
  transcriptId: string | null;
  place: PlaceAnonymousHoldAction;
}

/** Places a hold on one transcript or on all anonymous data: for which matter, and why. */
export function PlaceAnonymousHold({ transcriptId, place }: PlaceAnonymousHoldProps) {
  const [open, setOpen] = useState(false);
  const { run, pending, failure, reset } = useAction(place, ({ filesBeingDeleted }) => {
    setOpen(false);
    toast.success(placedWords(filesBeingDeleted));
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    run({ transcriptId, matter: String(form.get('matter') ?? ''), reason: String(form.get('reason') ?? '') });
  }

  const fields = failure?.fields ?? {};
  const isAll = transcriptId === null;
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        reset();
      }}
    >
      <DialogTrigger asChild>
        <Button size="sm">{isAll ? 'Hold everything' : 'Place a hold'}</Button>
      </DialogTrigger>
      <DialogContent
        title={isAll ? 'Place a hold on all anonymous data' : 'Place a hold on this transcript'}
        description={
          isAll
            ? 'Until somebody releases it, no transcript, recording or meeting goes, whatever the policy says.'
            : 'Until somebody releases it, the transcript stays with its files, its recording and its meeting, whatever the policy says.'
        }
      >
        <form onSubmit={submit} className="grid gap-4">
          {failure && !fields.matter && !fields.reason ? (
            <Callout kind="error" title="The hold is not in place">
              {failure.message}
            </Callout>
          ) : null}
          <Field
            label="Matter"
            required
            hint="The case or request that it serves, as people call it."
            error={fields.matter}
          >
            {(control) => <Input {...control} name="matter" maxLength={200} autoComplete="off" />}
          </Field>
          <Field label="Reason" required error={fields.reason}>
            {(control) => <Textarea {...control} name="reason" maxLength={2000} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button type="submit" variant="primary" loading={pending}>
              Place the hold
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
