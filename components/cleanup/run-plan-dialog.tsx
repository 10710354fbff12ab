'use client';

import { type FormEvent, useState } from 'react';
import type { PlanDetail } from '@/lib/deletion/load-plan';
import type { PlanChallenge } from '@/lib/deletion/plan-summaries';
import type { ActionResult } from '@/lib/platform/action-result';
import { formatCount } from '@/lib/platform/format';
import { useAction } from '../forms/use-action';
import { AlertDialog, AlertDialogCancel, AlertDialogContent, AlertDialogTrigger } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { DialogFooter } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { countOf, isAnonymous, whatGoes } from './plan-words';

interface RunPlanDialogProps {
  plan: PlanDetail;
  /** The challenges that lose most. */
  byChallenge: readonly PlanChallenge[];
  /** Asks for the run, and goes to it. */
  request: (input: { planId: string; hash: string; confirmation: string }) => Promise<ActionResult<never>>;
}

/** The one place where a deletion is set off by hand: says what goes for good, and has its number typed. */
export function RunPlanDialog({ plan, byChallenge, request }: RunPlanDialogProps) {
  const [open, setOpen] = useState(false);
  const { run, pending, failure, reset } = useAction(request);
  const { confirmation: wrong, ...others } = failure?.fields ?? {};
  const isOther = failure !== null && (wrong === undefined || Object.keys(others).length > 0);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get('confirmation') ?? '');
    run({ planId: plan.id, hash: plan.hash, confirmation: typed });
  }

  return (
    <AlertDialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        reset();
      }}
    >
      <AlertDialogTrigger asChild>
        <Button variant="primary">Run this plan…</Button>
      </AlertDialogTrigger>
      <AlertDialogContent
        title={`Delete ${countOf(plan)} for good?`}
        description={`${whatGoes(plan)}. ${isAnonymous(plan) ? 'What is deleted cannot be brought back; consent given in meetings is kept as history.' : 'Deleted files cannot be brought back; submissions, scores and leaderboards stay.'}`}
      >
        <form onSubmit={submit} className="grid gap-4">
          {isOther ? (
            <Callout kind="error" title="The run was not started">
              {failure.message}
            </Callout>
          ) : null}
          {isAnonymous(plan) ? null : <ChallengeLines challenges={byChallenge} total={plan.challenges} />}
          <Field
            label={`Type “${plan.confirmation}” to confirm`}
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
          <DialogFooter>
            <AlertDialogCancel asChild>
              <Button>Cancel</Button>
            </AlertDialogCancel>
            <Button type="submit" variant="danger" loading={pending}>
              Delete {countOf(plan)}
            </Button>
          </DialogFooter>
        </form>
      </AlertDialogContent>
    </AlertDialog>
  );
}

function ChallengeLines({ challenges, total }: { challenges: readonly PlanChallenge[]; total: number }) {
  const going = challenges.filter(({ files }) => files > 0);
  return (
    <ul className="grid gap-1 rounded-md bg-muted px-3 py-2 text-[0.8125rem]">
      {going.map(({ challengeId, title, files }) => (
        <li key={challengeId} className="flex justify-between gap-4">
          <span className="min-w-0 truncate">{title || `Challenge ${challengeId}`}</span>
          <span className="shrink-0">{formatCount(files, 'file')}</span>
        </li>
      ))}
      {total > going.length ? (
        <li className="text-muted-foreground">and {formatCount(total - going.length, 'more challenge')}</li>
      ) : null}
    </ul>
  );
}
