import type { PlanDetail } from '@/lib/deletion/load-plan';
import { formatCount, formatNumber } from '@/lib/platform/format';
import { Bytes } from '../ui/bytes';
import { Card } from '../ui/card';
import { CopyButton } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { Figure, Figures } from '../ui/figure';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { isAnonymous } from './plan-words';

interface PlanFactsProps {
  plan: PlanDetail;
  zone: string;
  now: Date;
}

/** The figures of a plan, and what proves which plan it is. */
export function PlanFacts({ plan, zone, now }: PlanFactsProps) {
  return (
    <div className="grid gap-4">
      <Figures>
        <WhatGoes plan={plan} />
        <Figure label="Files" value={formatNumber(plan.files)} note="a shared file counts once" />
        <Figure
          label="Size"
          value={<Bytes value={plan.bytes} />}
          note={
            plan.filesOfUnknownSize > 0
              ? `${formatNumber(plan.filesOfUnknownSize)} more of unknown size`
              : 'of all files'
          }
        />
        <Figure
          label="Held back"
          value={formatNumber(isAnonymous(plan) ? plan.heldBackTranscripts : plan.heldBackSubmissions)}
          note={isAnonymous(plan) ? 'transcripts that stay' : 'submissions that stay'}
        />
      </Figures>
      <Card>
        <DescriptionList
          columns={3}
          items={[
            {
              term: 'Made',
              description: (
                <span className="grid">
                  <Timestamp value={plan.createdAt} zone={zone} now={now} />
                  <span className="text-xs text-muted-foreground">by {plan.madeBy}</span>
                </span>
              ),
            },
            {
              term: plan.expiresAt > now ? 'Expires' : 'Expired',
              description: <Timestamp value={plan.expiresAt} zone={zone} now={now} />,
            },
            {
              term: isAnonymous(plan) ? 'Policy in force then' : 'Retention policy',
              description: <PolicyVersion plan={plan} />,
            },
            {
              term: 'About',
              description: <AboutWhat plan={plan} />,
            },
            { term: 'Plan id', description: <Copyable value={plan.id} label="plan id" /> },
            {
              term: 'Hash (sha256 of every item)',
              description: <Copyable value={plan.hash} label="plan hash" />,
            },
            {
              term: 'In the audit log',
              description: (
                <TextLink href={`/audit-log?target=${encodeURIComponent(`plan:${plan.id}`)}`}>
                  Its events
                </TextLink>
              ),
            },
          ]}
        />
      </Card>
    </div>
  );
}

function WhatGoes({ plan }: { plan: PlanDetail }) {
  if (isAnonymous(plan)) {
    const also = `with ${formatCount(plan.recordings, 'recording')} and ${formatCount(plan.meetings, 'meeting')}`;
    return <Figure label="Transcripts" value={formatNumber(plan.transcripts)} note={also} />;
  }
  const where = `in ${formatCount(plan.challenges, 'challenge')}`;
  return <Figure label="Submissions" value={formatNumber(plan.submissions)} note={where} />;
}

function AboutWhat({ plan }: { plan: PlanDetail }) {
  if (isAnonymous(plan)) {
    const older = plan.olderThanDays === null ? '' : ` older than ${formatCount(plan.olderThanDays, 'day')}`;
    return <TextLink href="/public-data">{`Public data${older}`}</TextLink>;
  }
  if (plan.challengeId === null) return 'All challenges';
  return (
    <TextLink href={`/challenges/${plan.challengeId}`}>
      {plan.challengeTitle ?? `Challenge ${plan.challengeId}`}
    </TextLink>
  );
}

function PolicyVersion({ plan }: { plan: PlanDetail }) {
  if (!isAnonymous(plan)) return plan.policyVersion;
  return <TextLink href="/public-data#policies">{plan.policyVersion}</TextLink>;
}

/** The whole of it, since it is there to be compared. */
function Copyable({ value, label }: { value: string; label: string }) {
  return (
    <span className="inline-flex items-start gap-1">
      <code className="font-mono text-[0.8125rem] break-all">{value}</code>
      <CopyButton value={value} label={label} />
    </span>
  );
}
