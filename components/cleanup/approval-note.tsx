import type { ComponentProps, ReactNode } from 'react';
import type { PlanDetail } from '@/lib/deletion/load-plan';
import { formatInstant } from '@/lib/platform/format-time';
import { Callout } from '../ui/callout';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { ApprovePlanDialog } from './approve-plan-dialog';

interface ApprovalNoteProps {
  plan: PlanDetail;
  approve: ComponentProps<typeof ApprovePlanDialog>['approve'];
  mayRun: boolean;
  zone: string;
  now: Date;
}

/** Whether the plan needs a second admin, who has approved it, and who could. */
export function ApprovalNote({ plan, approve, mayRun, zone, now }: ApprovalNoteProps) {
  const { why, whyForMaker, approvals, isEnough, mayApprove } = plan.approval;
  const said = why ?? whyForMaker;
  if (said === null && approvals.length === 0) return null;
  if (!plan.isOpen && approvals.length === 0) return null;
  const waitsForMaker = whyForMaker !== null && !approvals.some(({ counts }) => counts);
  const waits = plan.isOpen && (!isEnough || waitsForMaker);
  // Who has approved it cannot run it: to them it is not enough, and yet there is nothing that it waits for.
  const isDone = waits && mayRun && hasApproved(plan);
  return (
    <Callout
      kind={waits && !isDone ? 'warning' : 'success'}
      role="note"
      title={isDone ? 'Approved by you' : waits ? 'Needs a second admin' : 'Approved by a second admin'}
      actions={mayApprove ? <ApprovePlanDialog plan={plan} approve={approve} /> : null}
    >
      <div className="grid gap-1">
        {waits ? (
          <p>
            {said} {plan.createdByName ?? 'The command line'} made it. {mayRun ? nextStep(plan, zone) : null}
          </p>
        ) : null}
        {approvals.map(({ id, name, at, notes, counts }) => (
          <p key={id}>
            {name} approved it <Timestamp value={at} zone={zone} now={now} layout="inline" />
            {notes ? `: ${notes}` : '.'}
            {counts
              ? null
              : ' It counts no more: this person is no enabled admin now, or is one since too short a time.'}
          </p>
        ))}
      </div>
    </Callout>
  );
}

const hasApproved = ({ approval: { mayApprove, isOwn, approvals } }: PlanDetail): boolean =>
  !mayApprove && !isOwn && approvals.some(({ counts }) => counts);

function nextStep(plan: PlanDetail, zone: string): ReactNode {
  const { approval, createdByName } = plan;
  const { mayApprove, approvers, whyTooEarly, laterApprovers } = approval;
  if (mayApprove) {
    const two =
      createdByName === null ? ' Two admins must approve it before the command line can run it.' : '';
    return `You can approve it; read what goes first. You cannot run it yourself then.${two}`;
  }
  if (hasApproved(plan)) {
    if (createdByName !== null) return `You have approved it. ${createdByName} can run it now.`;
    const another = approval.approvals.filter(({ counts }) => counts).length < 2;
    return another
      ? 'You have approved it. Another admin can run it now; for the command line to run it, another one must approve it as well.'
      : 'You have approved it. The command line can run it now.';
  }
  const waitsFor = approvers.length > 0 ? `It waits for ${listOf(approvers.map(({ name }) => name))}.` : null;
  if (whyTooEarly !== null) return [whyTooEarly, waitsFor].filter(Boolean).join(' ');
  if (waitsFor !== null) return waitsFor;
  const later = laterApprovers.map(({ name, from }) => `${name} from ${formatInstant(from, zone)} on`);
  if (later.length > 0) {
    return `Nobody can approve it: an admin approves what is made 7 days after becoming one. A new plan can be approved by ${listOf(later)}.`;
  }
  return (
    <>
      Nobody can approve it: you are the only enabled admin of this installation.{' '}
      <TextLink href="/people">Add a second admin</TextLink>, or preview one challenge at a time.
    </>
  );
}

const listOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
