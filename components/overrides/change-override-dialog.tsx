'use client';

import { type FormEvent, useState } from 'react';
import type { RetentionPeriod } from '@/lib/overrides/load-retention-periods';
import type { OverridePreview } from '@/lib/overrides/preview-override-change';
import { sayDays } from '@/lib/overrides/say-override-change';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { useAction } from '../forms/use-action';
import { Button } from '../ui/button';
import { Callout } from '../ui/callout';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../ui/dialog';
import { toast } from '../ui/toaster';
import { AffectedTable } from './affected-table';
import { ImpactFacts } from './impact-facts';
import type { AskedFor, OverrideActions } from './override-actions';
import { PeriodFields, type Wanted, wantedDays } from './period-fields';

interface ChangeOverrideDialogProps {
  challengeId: number;
  period: RetentionPeriod;
  actions: Pick<OverrideActions, 'preview' | 'request'>;
  zone: string;
}

/** Asks for another period in two steps: what it shall be, then what that would do. */
export function ChangeOverrideDialog({ challengeId, period, actions, zone }: ChangeOverrideDialogProps) {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState<Wanted>(startOf(period));
  const [problem, setProblem] = useState<string>();
  const [shown, setShown] = useState<OverridePreview | null>(null);
  const preview = useAction(actions.preview, setShown);
  const request = useAction(actions.request, (done) => {
    setOpen(false);
    toast.success(doneWords(done));
  });

  function change(next: boolean) {
    setOpen(next);
    setWanted(startOf(period));
    setProblem(undefined);
    setShown(null);
    preview.reset();
    request.reset();
  }

  function look(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const days = wantedDays(wanted);
    if (days === undefined) {
      setProblem(
        `“${wanted.days.trim()}” is no number of days: use ${formatNumber(period.min)} to ${formatNumber(period.max)}.`,
      );
      return;
    }
    setProblem(undefined);
    preview.run({ challengeId, field: period.field, days });
  }

  const title = `Change the ${period.title.toLowerCase()}`;
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogTrigger asChild>
        <Button size="sm" aria-label={title}>
          Change…
        </Button>
      </DialogTrigger>
      <DialogContent
        title={title}
        description={
          shown
            ? 'Nothing has changed yet.'
            : 'A longer period holds at once. A shorter one is announced to the hosts, and takes effect 14 days later.'
        }
      >
        {shown ? (
          <Confirmation
            preview={shown}
            zone={zone}
            failure={request.failure?.message}
            pending={request.pending}
            back={() => {
              setShown(null);
              request.reset();
            }}
            confirm={() =>
              request.run({ challengeId, field: period.field, days: shown.newDays, reason: wanted.reason })
            }
          />
        ) : (
          <form onSubmit={look} className="grid gap-4">
            {preview.failure && !preview.failure.fields.days ? (
              <Callout kind="error">{preview.failure.message}</Callout>
            ) : null}
            <PeriodFields
              period={period}
              wanted={wanted}
              onChange={setWanted}
              problem={problem ?? preview.failure?.fields.days}
            />
            <DialogFooter>
              <DialogClose asChild>
                <Button>Cancel</Button>
              </DialogClose>
              <Button type="submit" variant="primary" loading={preview.pending}>
                See what it affects
              </Button>
            </DialogFooter>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}

interface ConfirmationProps {
  preview: OverridePreview;
  zone: string;
  failure: string | undefined;
  pending: boolean;
  back: () => void;
  confirm: () => void;
}

function Confirmation({ preview, zone, failure, pending, back, confirm }: ConfirmationProps) {
  const { impact, shortens, affected } = preview;
  return (
    <div className="grid min-w-0 gap-4">
      {failure ? (
        <Callout kind="error" title="This was not done">
          {failure}
        </Callout>
      ) : null}
      <ImpactFacts impact={impact} zone={zone} />
      <AffectedTable affected={affected} total={impact.submissions} />
      <Callout kind={shortens ? 'warning' : 'info'} title={shortens ? 'It is scheduled' : 'It holds at once'}>
        {whatHappens(preview, zone)}
      </Callout>
      <DialogFooter>
        <Button onClick={back}>Back</Button>
        <Button variant="primary" loading={pending} onClick={confirm}>
          {shortens ? 'Schedule the change' : 'Change it now'}
        </Button>
      </DialogFooter>
    </div>
  );
}

function whatHappens(preview: OverridePreview, zone: string): string {
  const { shortens, notBefore, needsApproval, approvalAboveFiles, impact, replaces } = preview;
  const instead = replaces
    ? ` The open change to ${sayDays(replaces.newDays)} never takes effect: this one takes its place.`
    : '';
  if (!shortens) return `Nothing goes earlier by it, so nobody has to wait.${instead}`;
  const approval = needsApproval
    ? `It holds for ${formatCount(impact.filesCovered, 'file')}; above ${formatCount(approvalAboveFiles, 'file')}, a second admin must approve it first. `
    : '';
  const when = notBefore ? ` It takes effect on ${formatInstantBoth(notBefore, zone)} at the earliest.` : '';
  return `${approval}The hosts are told by mail, with the reason.${when} Until then any admin can cancel it.${instead}`;
}

const startOf = ({ override }: RetentionPeriod): Wanted => ({
  kind: 'own',
  days: override === null ? '' : String(override),
  reason: '',
});

function doneWords({ state, filesBeingDeleted }: AskedFor): string {
  if (state === 'awaiting-approval') return 'The change waits for a second admin.';
  if (state === 'scheduled') return 'The change is scheduled. The hosts are being told.';
  if (filesBeingDeleted === 0) return 'The new period holds now.';
  return `The new period holds now. It came too late for ${formatCount(filesBeingDeleted, 'file')}, which a run was deleting already.`;
}
