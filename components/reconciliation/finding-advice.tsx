import { FINDING_KINDS, KINDS } from '@/lib/reconciliation/say-reconciliation';
import { Section } from '../ui/card';
import { DescriptionList } from '../ui/description-list';

/** For each kind that was found: what it can mean, and what a person can do about it. */
export function FindingAdvice({ counts }: { counts: Record<string, number> }) {
  const kinds = KINDS.filter((kind) => (counts[kind] ?? 0) > 0);
  if (kinds.length === 0) return null;
  return (
    <Section
      title="What you can do"
      description="A comparison is a report: it has deleted nothing and changed nothing, and it never will."
    >
      <DescriptionList
        columns={1}
        items={kinds.map((kind) => ({
          term: FINDING_KINDS[kind].title,
          description: <span className="block max-w-prose">{FINDING_KINDS[kind].advice}</span>,
        }))}
      />
    </Section>
  );
}
