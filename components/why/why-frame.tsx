import type { ReactNode } from 'react';
import { FilterBar } from '../data-table/filter-bar';
import { Callout } from '../ui/callout';
import { Section } from '../ui/card';
import { Timestamp } from '../ui/timestamp';
import { RuleTable } from './rule-table';
import type { AnyRule } from './why-words';

export interface WhyFrameProps {
  why: { at: Date; sentences: readonly string[]; changes: readonly string[]; caveats: readonly string[] };
  keeping: readonly AnyRule[];
  dates: readonly AnyRule[];
  /** The address of the page, whose parameter 'at' asks for another day. */
  pathname: string;
  /** The day in the address; undefined: now. */
  day: string | undefined;
  /** Why that day was not taken; the answer is then that of now. */
  refused: string | null;
  zone: string;
  /** Below the sentences. */
  more?: ReactNode;
  /** Between the answer and the rules. */
  children?: ReactNode;
}

/** An answer to 'why?', with the day that it is for, the rules behind it, and what would change it. */
export function WhyFrame({
  why,
  keeping,
  dates,
  pathname,
  day,
  refused,
  zone,
  more,
  children,
}: WhyFrameProps) {
  const [answer, ...sentences] = why.sentences;
  return (
    <div id="why" className="min-w-0 scroll-mt-18 lg:scroll-mt-4">
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
        <div className="grid min-w-0 gap-4">
          {refused ? (
            <Callout kind="error" title="There is no answer for that date">
              {refused}
            </Callout>
          ) : null}
          <div className="grid max-w-prose gap-1 break-words">
            <p className="font-medium" data-why-answer>
              {answer}
            </p>
            {sentences.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
            {more}
          </div>
          {children}
          <Rules
            title="What can keep it, the strongest first"
            caption="Rules that keep"
            rules={keeping}
            zone={zone}
          />
          <Rules
            title="What sets its date: the latest wins"
            caption="Rules that set the date"
            rules={dates}
            zone={zone}
          />
          <Sentences title="What would change it" sentences={why.changes} />
          <Sentences title="What to know about this answer" sentences={why.caveats} />
        </div>
      </Section>
    </div>
  );
}

interface RulesProps {
  title: string;
  caption: string;
  rules: readonly AnyRule[];
  zone: string;
}

function Rules({ title, caption, rules, zone }: RulesProps) {
  if (rules.length === 0) return null;
  return (
    <Part title={title}>
      <RuleTable caption={caption} rules={rules} zone={zone} />
    </Part>
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

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 gap-2">
      <h3 className="font-medium">{title}</h3>
      {children}
    </div>
  );
}
