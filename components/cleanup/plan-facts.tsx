import type { PlanDetail } from '@/lib/deletion/load-plan';
import { formatNumber } from '@/lib/platform/format';
import { Bytes } from '../ui/bytes';
import { Card } from '../ui/card';
import { CopyButton } from '../ui/copy-button';
import { DescriptionList } from '../ui/description-list';
import { Figure, Figures } from '../ui/figure';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';

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
        <Figure
          label="Submissions"
          value={formatNumber(plan.submissions)}
          note={`in ${formatNumber(plan.challenges)} ${plan.challenges === 1 ? 'challenge' : 'challenges'}`}
        />
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
          value={formatNumber(plan.heldBackSubmissions)}
          note="submissions that stay"
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
            { term: 'Retention policy', description: plan.policyVersion },
            {
              term: 'About',
              description:
                plan.challengeId === null ? (
                  'All challenges'
                ) : (
                  <TextLink href={`/challenges/${plan.challengeId}`}>
                    {plan.challengeTitle ?? `Challenge ${plan.challengeId}`}
                  </TextLink>
                ),
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

/** The whole of it, since it is there to be compared. */
function Copyable({ value, label }: { value: string; label: string }) {
  return (
    <span className="inline-flex items-start gap-1">
      <code className="font-mono text-[0.8125rem] break-all">{value}</code>
      <CopyButton value={value} label={label} />
    </span>
  );
}
