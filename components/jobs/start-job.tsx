'use client';

import { Play } from 'lucide-react';
import type { AuditJob } from '@/lib/audit/request-audit-job';
import type { ActionResult } from '@/lib/platform/action-result';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';

/** Asks for a run and goes to its page. */
export type StartJob = () => Promise<ActionResult<never>>;

/** Changes no file and tells nobody, so it needs no question. */
export function StartRecompute({ start }: { start: StartJob }) {
  return <StartAtOnce start={start} label="Run now: Recompute retention dates" />;
}

/** Does at once what it does within the hour. */
export function StartLogRetention({ start }: { start: StartJob }) {
  return <StartAtOnce start={start} label="Run now: Set the retention of log groups" />;
}

/** A report: it deletes nothing. */
export function StartReconciliation({ start, words }: { start: StartJob; words?: string }) {
  return (
    <StartAtOnce
      start={start}
      label="Run now: Compare rows with stored objects"
      {...(words && { words, size: 'md' })}
    />
  );
}

export type StartAuditJobAction = (input: { job: AuditJob }) => Promise<ActionResult<never>>;

interface StartAuditJobProps {
  start: StartAuditJobAction;
  job: AuditJob;
  title: string;
}

/** Does at once what it does by schedule anyway, under the same rules. */
export function StartAuditJob({ start, job, title }: StartAuditJobProps) {
  return <StartAtOnce start={() => start({ job })} label={`Run now: ${title}`} />;
}

interface StartAtOnceProps {
  start: StartJob;
  /** Read out in place of the words, because a list has several such buttons. */
  label: string;
  words?: string;
  size?: 'sm' | 'md';
}

function StartAtOnce({ start, label, words, size = 'sm' }: StartAtOnceProps) {
  const { run, pending, failure } = useAction(start);
  return (
    <span className="grid justify-items-start gap-1">
      <Button
        size={size}
        loading={pending}
        onClick={() => run()}
        {...(words === undefined && { 'aria-label': label })}
      >
        <Play aria-hidden /> {words ?? 'Run now'}
      </Button>
      {failure ? (
        <span role="alert" className="text-[0.8125rem] text-tone-red">
          {failure.message}
        </span>
      ) : null}
    </span>
  );
}

/** Mails cannot be taken back, so it asks first. */
export function StartNotices({ start }: { start: StartJob }) {
  return (
    <StartAfterQuestion
      start={start}
      label="Run now: Send notices and consent summary"
      title="Send the notices now?"
      description="Hosts get a mail about every submission whose date is 14 days ahead or less and was not announced yet. Nobody is told twice of the same date."
      confirm="Send notices"
    />
  );
}

/** The same: hosts are told of shorter retention periods. */
export function StartOverrideChanges({ start }: { start: StartJob }) {
  return (
    <StartAfterQuestion
      start={start}
      label="Run now: Announce and apply override changes"
      title="Announce and apply override changes now?"
      description="Hosts get a mail about every scheduled shortening that they were not told of yet. What they were told of takes effect on its day, and not before."
      confirm="Announce and apply"
    />
  );
}

interface StartAfterQuestionProps {
  start: StartJob;
  /** Read out in place of the words, because a list has several such buttons. */
  label: string;
  title: string;
  description: string;
  confirm: string;
}

function StartAfterQuestion({ start, label, title, description, confirm }: StartAfterQuestionProps) {
  const { run, pending, failure } = useAction(start);
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button size="sm" aria-label={label}>
          <Play aria-hidden /> Run now…
        </Button>
      </DialogTrigger>
      <DialogContent title={title} description={description}>
        {failure ? (
          <Callout kind="error" title="This was not done">
            {failure.message}
          </Callout>
        ) : null}
        <DialogFooter>
          <DialogClose asChild>
            <Button>Cancel</Button>
          </DialogClose>
          <Button variant="primary" loading={pending} onClick={() => run()}>
            {confirm}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
