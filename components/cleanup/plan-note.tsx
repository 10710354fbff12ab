import type { PlanDetail } from '@/lib/deletion/load-plan';
import type { JobRun } from '@/lib/jobs/job-run';
import { formatRelative } from '@/lib/platform/format-time';
import { runSentence } from '../jobs/run-words';
import { Callout } from '../ui/callout';
import { LinkButton } from '../ui/link-button';
import { isAnonymous } from './plan-words';
import { PreviewButton, type PreviewCleanup } from './preview-button';

interface PlanNoteProps {
  plan: PlanDetail;
  /** The run of this plan; null when nobody has run it. */
  run: JobRun | null;
  /** Null for those who may not make previews. */
  preview: PreviewCleanup | null;
  mayRun: boolean;
  zone: string;
  now: Date;
}

/** What becomes of the plan from here: it was run, it has expired, its policy has, it waits. */
export function PlanNote({ plan, run, preview, mayRun, zone, now }: PlanNoteProps) {
  if (run) {
    return (
      <Callout
        title="This plan was run"
        actions={
          <LinkButton href={`/cleanup/runs/${run.id}`} size="sm">
            See the run
          </LinkButton>
        }
      >
        {runSentence(run, zone)}
      </Callout>
    );
  }
  const again = preview ? (
    <PreviewButton preview={preview} challengeId={plan.challengeId ?? undefined} label="Preview again" />
  ) : null;
  if (plan.state === 'expired' || plan.expiresAt <= now) {
    return (
      <Callout title="This plan has expired" actions={again}>
        It was never run, and its items may have been removed. Its figures and its hash stay.
      </Callout>
    );
  }
  if (plan.whyOutdated !== null) {
    return (
      <Callout title="This plan cannot be run any more" actions={again}>
        {plan.whyOutdated}
      </Callout>
    );
  }
  if (!plan.isOpen || !plan.approval.isEnough) return null;
  return (
    <Callout title={`It can be run for another ${formatRelative(plan.expiresAt, now).replace(/^in /, '')}`}>
      {mayRun ? 'Read what goes first. ' : 'Only an admin can run it. '}
      {isAnonymous(plan)
        ? 'Owners, holds and the policy are checked again for each transcript'
        : 'Consent, holds and notices are checked again for each file'}{' '}
      right before it is deleted: a run may leave some of these, and never takes more.
    </Callout>
  );
}
