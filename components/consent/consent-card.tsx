import type { LoadedChallenge } from '@/lib/challenges/load-challenge';
import type { ConsentImpact } from '@/lib/consent/consent-impact';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { Section } from '../ui/card';
import { DescriptionList } from '../ui/description-list';
import { Timestamp } from '../ui/timestamp';
import type { DecideConsent } from './consent-decision';
import { ConsentSwitch } from './consent-switch';

interface ConsentCardProps {
  challenge: LoadedChallenge;
  impact: ConsentImpact;
  decide: DecideConsent;
  zone: string;
  now: Date;
}

const SOURCES = {
  'artifact-override': 'set for the files of this challenge',
  'log-override': 'set for the logs of this challenge',
  default: 'the default',
};

/** Whether the hosts have consented, what that means in numbers, and the switch. */
export function ConsentCard({ challenge, impact, decide, zone, now }: ConsentCardProps) {
  const { consent, consentRight, retention } = challenge;
  return (
    <Section title="Consent">
      <div className="grid gap-5">
        <ConsentSwitch
          challengeId={challenge.id}
          given={consent !== null}
          shownText={consentRight.may ? impact.shownText : null}
          whyNot={consentRight.may ? null : consentRight.why}
          decide={decide}
        />
        <DescriptionList
          columns={3}
          items={[
            ...(consent
              ? [
                  { term: 'Given by', description: consent.by.displayName },
                  { term: 'Given', description: <Timestamp value={consent.at} zone={zone} now={now} /> },
                ]
              : [{ term: 'If it were given now', description: whatItWouldMean(impact) }]),
            {
              term: 'Retention period',
              description: `${formatCount(retention.days, 'day')} after the end of a phase (${SOURCES[retention.source]})`,
            },
            ...(challenge.consentNotes
              ? [
                  {
                    term: 'Notes',
                    description: <span className="whitespace-pre-line">{challenge.consentNotes}</span>,
                  },
                ]
              : []),
          ]}
        />
      </div>
    </Section>
  );
}

function whatItWouldMean({ giving }: ConsentImpact): string {
  if (giving.submissions === 0) return 'No submission would be concerned, as things are.';
  const files = `${formatNumber(giving.files)} ${giving.files === 1 ? 'file' : 'files'}`;
  return `${formatCount(giving.submissions, 'submission')}, ${files}, ${formatBytes(giving.bytes)}`;
}
