'use client';

import { type FormEvent, useState, useTransition } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { formatCount } from '@/lib/platform/format';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';

type Target = { challengeId: number } | { phaseId: number } | { submissionId: number };

export type PlaceHold = (input: {
  target: Target;
  matter: string;
  reason: string;
}) => Promise<ActionResult<{ filesBeingDeleted: number }>>;

interface PlaceHoldDialogProps {
  challengeId: number;
  phases: readonly { id: number; name: string }[];
  place: PlaceHold;
}

/** Places a hold on the challenge or one of its phases; one submission has its own page for it. */
export function PlaceHoldDialog({ challengeId, phases, place }: PlaceHoldDialogProps) {
  return (
    <HoldDialog
      place={place}
      targetOf={(value) => (value ? { phaseId: Number(value) } : { challengeId })}
      options={[
        { value: '', label: 'The whole challenge' },
        ...phases.map(({ id, name }) => ({ value: String(id), label: `Phase ${name}` })),
      ]}
    />
  );
}

/** The same on one submission. */
export function PlaceSubmissionHoldDialog({
  submissionId,
  place,
}: {
  submissionId: number;
  place: PlaceHold;
}) {
  return <HoldDialog place={place} targetOf={() => ({ submissionId })} options={null} />;
}

interface HoldDialogProps {
  place: PlaceHold;
  targetOf: (value: string) => Target;
  options: readonly { value: string; label: string }[] | null;
}

function HoldDialog({ place, targetOf, options }: HoldDialogProps) {
  const [open, setOpen] = useState(false);
  const [pending, startTransition] = useTransition();
  const [failure, setFailure] = useState<{ message: string; fields: Record<string, string> } | null>(null);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '');
    startTransition(async () => {
      const result = await place({
        target: targetOf(text('target')),
        matter: text('matter'),
        reason: text('reason'),
      }).catch(() => NO_ANSWER);
      if (!result.ok) return setFailure(result);
      setOpen(false);
      toast.success(placedWords(result.value.filesBeingDeleted));
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
        <Button size="sm">Place a hold</Button>
      </DialogTrigger>
      <DialogContent
        title="Place a hold"
        description="Nothing that it stands on is deleted until somebody releases it."
      >
        <form onSubmit={submit} className="grid gap-4">
          {failure && Object.keys(failure.fields).length === 0 ? (
            <Callout kind="error">{failure.message}</Callout>
          ) : null}
          {options ? (
            <Field label="On">{(control) => <Select {...control} name="target" options={options} />}</Field>
          ) : null}
          <Field
            label="Matter"
            required
            hint="The case or request that it serves, as people call it."
            error={failure?.fields.matter}
          >
            {(control) => <Input {...control} name="matter" maxLength={200} autoComplete="off" />}
          </Field>
          <Field label="Reason" required error={failure?.fields.reason}>
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

const NO_ANSWER = {
  ok: false as const,
  message: 'The server did not answer as it should. Look at the list of holds, and try again.',
  fields: {},
};

function placedWords(filesBeingDeleted: number): string {
  if (filesBeingDeleted === 0) return 'The hold is in place.';
  return `The hold is in place. It came too late for ${formatCount(filesBeingDeleted, 'file')}, which a run was deleting already.`;
}
