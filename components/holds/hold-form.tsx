'use client';

import type { FormEvent, ReactNode } from 'react';
import type { ActionFailure } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { DialogClose, DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Textarea } from '../ui/textarea';

interface HoldFormProps {
  failure: ActionFailure | null;
  /** The failure is about none of the controls, so it is said above them. */
  isElsewhere?: boolean;
  pending: boolean;
  onSubmit: (values: { matter: string; reason: string }, form: FormData) => void;
  /** What else is said of the matter. */
  hint?: string;
  /** The controls above the matter. */
  children?: ReactNode;
}

/** What every hold is placed with, in a dialog: its matter and the reason. */
export function HoldForm({ failure, isElsewhere, pending, onSubmit, hint, children }: HoldFormProps) {
  const fields = failure?.fields ?? {};
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit({ matter: String(form.get('matter') ?? ''), reason: String(form.get('reason') ?? '') }, form);
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      {failure && (isElsewhere ?? (!fields.matter && !fields.reason)) ? (
        <Callout kind="error" title="The hold is not in place">
          {failure.message}
        </Callout>
      ) : null}
      {children}
      <Field
        label="Matter"
        required
        hint={`The case or request that it serves, as people call it.${hint ? ` ${hint}` : ''}`}
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
  );
}
