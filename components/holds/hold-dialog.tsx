'use client';

import { type FormEvent, type ReactNode, useState } from 'react';
import { formatCount } from '@/lib/platform/format';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import type { PlaceHold, WantedTarget } from './hold-actions';

interface HoldDialogProps {
  /** The button that opens it. */
  trigger: ReactNode;
  /** What it is placed on, when that is settled: 'submission #12'. */
  on?: string;
  place: PlaceHold;
  /** Reads the target from the form; a text says what is wrong with it. */
  targetOf: (form: FormData) => WantedTarget | string;
  /** The controls that `targetOf` reads, given what is wrong with them. */
  children?: (problem: string | undefined) => ReactNode;
}

/** Places a hold: on what, for which matter, and why. */
export function HoldDialog({ trigger, on, place, targetOf, children }: HoldDialogProps) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<string>();
  const { run, pending, failure, reset } = useAction(place, ({ filesBeingDeleted }) => {
    setOpen(false);
    toast.success(placedWords(filesBeingDeleted));
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const target = targetOf(form);
    setProblem(typeof target === 'string' ? target : undefined);
    if (typeof target === 'string') return;
    run({ target, matter: String(form.get('matter') ?? ''), reason: String(form.get('reason') ?? '') });
  }

  const fields = failure?.fields ?? {};
  const ofTarget = Object.entries(fields).find(([path]) => path.startsWith('target'))?.[1];
  const isElsewhere =
    failure && (children ? Object.keys(fields).length === 0 : !fields.matter && !fields.reason);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setProblem(undefined);
        reset();
      }}
    >
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent
        title={on ? `Place a hold on ${on}` : 'Place a hold'}
        description="Nothing that it stands on is deleted until somebody releases it, whatever consent, notice and date say."
      >
        <form onSubmit={submit} className="grid gap-4">
          {isElsewhere ? (
            <Callout kind="error" title="The hold is not in place">
              {failure.message}
            </Callout>
          ) : null}
          {children?.(problem ?? ofTarget)}
          <Field
            label="Matter"
            required
            hint="The case or request that it serves, as people call it. Hosts do not see it."
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

/** What is said of a hold that is in place: which files it came too late for (L7). */
export function placedWords(filesBeingDeleted: number): string {
  if (filesBeingDeleted === 0) return 'The hold is in place.';
  return `The hold is in place. It came too late for ${formatCount(filesBeingDeleted, 'file')}, which a run was deleting already.`;
}
