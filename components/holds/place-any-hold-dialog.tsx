'use client';

import { type FormEvent, useState } from 'react';
import { formatCount } from '@/lib/platform/format';
import type { PlaceHold } from '../challenges/place-hold-dialog';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';

const KINDS = [
  { value: 'challengeId', label: 'Challenge' },
  { value: 'phaseId', label: 'Phase' },
  { value: 'submissionId', label: 'Submission' },
] as const;
type Kind = (typeof KINDS)[number]['value'];

/** Places a hold on anything that has an id, wherever one comes from. */
export function PlaceAnyHoldDialog({ place }: { place: PlaceHold }) {
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<Kind>('challengeId');
  const [idProblem, setIdProblem] = useState<string>();
  const { run, pending, failure, reset } = useAction(place, ({ filesBeingDeleted }) => {
    setOpen(false);
    toast.success(placedWords(filesBeingDeleted));
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const id = text('id').replace(/^#/, '');
    if (!/^\d+$/.test(id)) {
      setIdProblem(`“${text('id')}” is no id: give a whole number, such as 7.`);
      return;
    }
    setIdProblem(undefined);
    run({ target: targetOf(kind, Number(id)), matter: text('matter'), reason: text('reason') });
  }

  const fields = failure?.fields ?? {};
  const ofTarget = Object.entries(fields).find(([path]) => path.startsWith('target'))?.[1];
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setIdProblem(undefined);
        reset();
      }}
    >
      <DialogTrigger asChild>
        <Button variant="primary">Place a hold</Button>
      </DialogTrigger>
      <DialogContent
        title="Place a hold"
        description="Nothing that it stands on is deleted until somebody releases it, whatever consent, notice and date say."
      >
        <form onSubmit={submit} className="grid gap-4">
          {failure && Object.keys(fields).length === 0 ? (
            <Callout kind="error" title="The hold is not in place">
              {failure.message}
            </Callout>
          ) : null}
          <div className="grid grid-cols-[2fr_3fr] items-start gap-3">
            <Field label="On a">
              {(control) => (
                <Select
                  {...control}
                  options={KINDS}
                  value={kind}
                  onChange={(event) =>
                    setKind(KINDS.find(({ value }) => value === event.target.value)?.value ?? kind)
                  }
                />
              )}
            </Field>
            <Field label="Its id" required error={idProblem ?? ofTarget}>
              {(control) => (
                <Input {...control} name="id" inputMode="numeric" maxLength={17} autoComplete="off" />
              )}
            </Field>
          </div>
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

function targetOf(kind: Kind, id: number) {
  if (kind === 'challengeId') return { challengeId: id };
  return kind === 'phaseId' ? { phaseId: id } : { submissionId: id };
}

function placedWords(filesBeingDeleted: number): string {
  if (filesBeingDeleted === 0) return 'The hold is in place.';
  return `The hold is in place. It came too late for ${formatCount(filesBeingDeleted, 'file')}, which a run was deleting already.`;
}
