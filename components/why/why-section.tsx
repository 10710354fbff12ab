import type { ReactNode } from 'react';
import type { Explanation } from '@/lib/why/explain';
import type { WhySubmission } from '@/lib/why/why-submission';
import { FilterBar } from '../data-table/filter-bar';
import { Callout } from '../ui/callout';
import { Section } from '../ui/card';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { RuleTable } from './rule-table';
import { StandingHolds } from './standing-holds';

interface WhySectionProps {
  why: WhySubmission;
  pathname: string;
  /** The day in the address; undefined: now. */
  day: string | undefined;
  /** Why that day was not taken; the answer is then that of now. */
  refused: string | null;
  /** Whether the reader may look at runs. */
  mayReadRuns: boolean;
  zone: string;
  now: Date;
}

/** Why the files stay, may go or went, at any date: the answer first, then the rules, then what would change it (B1). */
export function WhySection({ why, pathname, day, refused, mayReadRuns, zone, now }: WhySectionProps) {
  const [answer, ...more] = why.sentences;
  return (
    <div id="why" className="min-w-0 scroll-mt-4">
      <Section
        title="Why?"
        surface={false}
        description={
          <>
            The answer for <Timestamp value={why.at} zone={zone} layout="exact" />
            {day === undefined ? ', which is now' : ''}.
          </>
        }
        actions={
          <FilterBar
            label="Ask for another date"
            pathname={pathname}
            filters={[{ kind: 'date', name: 'at', label: 'On the day', value: day }]}
            clear="Back to now"
          />
        }
      >
        <div className="grid gap-4">
          {refused ? (
            <Callout kind="error" title="There is no answer for that date">
              {refused}
            </Callout>
          ) : null}
          <div className="grid max-w-prose gap-1">
            <p className="font-medium" data-why-answer>
              {answer}
            </p>
            {more.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
            {mayReadRuns ? <Runs ids={why.deletion?.runIds ?? []} /> : null}
          </div>
          <StandingHolds holds={why.holds} zone={zone} now={now} />
          {why.explanation ? <Rules explanation={why.explanation} zone={zone} /> : null}
          <Sentences title="What would change it" sentences={why.changes} />
          <Sentences title="What to know about this answer" sentences={why.caveats} />
        </div>
      </Section>
    </div>
  );
}

function Rules({ explanation: { rules }, zone }: { explanation: Explanation; zone: string }) {
  return (
    <>
      <Part title="What can keep it, the strongest first">
        <RuleTable
          caption="Rules that keep"
          rules={rules.filter(({ kind }) => kind === 'keeps')}
          zone={zone}
        />
      </Part>
      <Part title="What sets its date: the latest wins">
        <RuleTable
          caption="Rules that set the date"
          rules={rules.filter(({ kind }) => kind === 'date')}
          zone={zone}
        />
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 gap-2">
      <h3 className="font-medium">{title}</h3>
      {children}
    </div>
  );
}

function Sentences({ title, sentences }: { title: string; sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <Part title={title}>
      <ul className="grid max-w-prose list-disc gap-1 pl-5">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Part>
  );
}

function Runs({ ids }: { ids: readonly string[] }) {
  return ids.map((id) => (
    <p key={id}>
      <TextLink href={`/cleanup/runs/${id}`}>The run with its receipts</TextLink>
    </p>
  ));
}
