'use client';

import { type FormEvent, useState } from 'react';
import type { ActionResult } from '@/lib/platform/action-result';
import { formatCount } from '@/lib/platform/format';
import { formatDate, formatInstantBoth } from '@/lib/platform/format-time';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { DescriptionList } from '../ui/description-list';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';

export type Postpone = (input: {
  submissionId: number;
  /** A UTC day, such as '2027-01-31'. */
  until: string;
  reason: string;
}) => Promise<ActionResult<{ eligibleDate: Date | null; filesBeingDeleted: number }>>;

interface PostponeDialogProps {
  submissionId: number;
  /** When its files may go now; null: no date. */
  eligibleDate: Date | null;
  postponedUntil: Date | null;
  postpone: Postpone;
  zone: string;
}

/** Keeps the files of one submission longer (E9); it says what that changes before it is done. */
export function PostponeDialog({
  submissionId,
  eligibleDate,
  postponedUntil,
  postpone,
  zone,
}: PostponeDialogProps) {
  const [open, setOpen] = useState(false);
  const [until, setUntil] = useState('');
  const { run, pending, failure, reset } = useAction(postpone, (done) => {
    setOpen(false);
    toast.success(doneWords(done, zone));
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ submissionId, until, reason: String(new FormData(event.currentTarget).get('reason') ?? '') });
  }

  const fields = failure?.fields ?? {};
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setUntil('');
        reset();
      }}
    >
      <DialogTrigger asChild>
        <Button size="sm">Postpone…</Button>
      </DialogTrigger>
      <DialogContent
        title={`Postpone the deletion of submission #${submissionId}`}
        description="Its files stay until the day that you choose, whatever the period of the challenge says. It holds at once."
      >
        <form onSubmit={submit} className="grid gap-4">
          {failure && Object.keys(fields).length === 0 ? (
            <Callout kind="error" title="It was not postponed">
              {failure.message}
            </Callout>
          ) : null}
          <Field
            label="Keep the files until"
            required
            error={fields.until}
            hint="The beginning of that day in UTC. A postponement can only be lengthened later, never ended early."
          >
            {(control) => (
              <Input
                {...control}
                type="date"
                value={until}
                onChange={(event) => setUntil(event.target.value)}
              />
            )}
          </Field>
          <Field
            label="Reason"
            required
            error={fields.reason}
            hint="Everybody who sees the submission reads it."
          >
            {(control) => <Textarea {...control} name="reason" maxLength={2000} />}
          </Field>
          <DescriptionList
            items={[
              { term: 'Now', description: nowWords(eligibleDate, postponedUntil, zone) },
              { term: 'Then', description: thenWords(eligibleDate, until, zone) },
            ]}
          />
          <DialogFooter>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button type="submit" variant="primary" loading={pending}>
              Postpone
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function nowWords(eligibleDate: Date | null, postponedUntil: Date | null, zone: string): string {
  const date = eligibleDate
    ? `Their retention date is ${formatInstantBoth(eligibleDate, zone)}.`
    : 'The files have no date, so they stay.';
  return postponedUntil
    ? `${date} They are postponed until ${formatDate(postponedUntil, 'UTC')} already.`
    : date;
}

function thenWords(eligibleDate: Date | null, until: string, zone: string): string {
  const chosen = new Date(`${until}T00:00:00Z`);
  if (Number.isNaN(chosen.getTime())) return 'Choose a day.';
  const day = formatInstantBoth(chosen, zone);
  if (!eligibleDate) return `They get no date by it; should they get one, it is not before ${day}.`;
  if (chosen <= eligibleDate) {
    return `They stay until ${formatInstantBoth(eligibleDate, zone)} anyway; it only matters if that date moves before ${day}.`;
  }
  return `The files may go from ${day} on, once the hosts were sent a notice of it.`;
}

function doneWords(
  { eligibleDate, filesBeingDeleted }: { eligibleDate: Date | null; filesBeingDeleted: number },
  zone: string,
): string {
  const date = eligibleDate
    ? `Postponed: the files stay until ${formatDate(eligibleDate, zone)}.`
    : 'Postponed: the files stay.';
  if (filesBeingDeleted === 0) return date;
  return `${date} It came too late for ${formatCount(filesBeingDeleted, 'file')}, which a run was deleting already.`;
}
