'use client';

import { type FormEvent, useState } from 'react';
import type { PlanDetail } from '@/lib/deletion/load-plan';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Textarea } from '../ui/textarea';
import { toast } from '../ui/toaster';
import { countOf, whatGoes } from './plan-words';

interface ApprovePlanDialogProps {
  plan: PlanDetail;
  approve: (input: {
    planId: string;
    hash: string;
    confirmation: string;
    notes: string;
  }) => Promise<ActionResult<null>>;
}

/** The second admin's word: nothing is deleted by it, but the plan can be run then, so its number is typed here as well. */
export function ApprovePlanDialog({ plan, approve }: ApprovePlanDialogProps) {
  const [open, setOpen] = useState(false);
  const { run, pending, failure, reset } = useAction(approve, () => {
    setOpen(false);
    toast.success('The plan is approved.');
  });
  const { confirmation: wrong, ...others } = failure?.fields ?? {};
  const isOther = failure !== null && (wrong === undefined || Object.keys(others).length > 0);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    run({
      planId: plan.id,
      hash: plan.hash,
      confirmation: String(form.get('confirmation') ?? ''),
      notes: String(form.get('notes') ?? ''),
    });
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
        <Button variant="primary" size="sm">
          Approve…
        </Button>
      </DialogTrigger>
      <DialogContent
        title={`Approve the deletion of ${countOf(plan)}?`}
        description={`${whatGoes(plan)}. Nothing is deleted by the approval; another admin can run the plan then.`}
      >
        <form onSubmit={submit} className="grid gap-4">
          {isOther ? (
            <Callout kind="error" title="The plan was not approved">
              {failure.message}
            </Callout>
          ) : null}
          <Field
            label={`Type “${plan.approval.confirmation}” to confirm`}
            required
            error={wrong === undefined ? undefined : `That was something else: ${wrong}.`}
          >
            {(control) => (
              <Input
                {...control}
                name="confirmation"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
              />
            )}
          </Field>
          <Field label="Notes" required={false} hint="They go into the audit log.">
            {(control) => <Textarea {...control} name="notes" maxLength={2000} />}
          </Field>
          <DialogFooter>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button type="submit" variant="primary" loading={pending}>
              Approve {countOf(plan)}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
