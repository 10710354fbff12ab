import { type Column, DataTable } from '../data-table/data-table';
import { Badge } from '../ui/badge';
import { Timestamp } from '../ui/timestamp';
import { type AnyRule, OUTCOMES, RULE_TITLES } from './why-words';

interface RuleTableProps {
  caption: string;
  rules: readonly AnyRule[];
  zone: string;
}

/** Rules with what each says: the one that won first among equals, and for the others why they lost or do not apply. */
export function RuleTable({ caption, rules, zone }: RuleTableProps) {
  const columns: Column<AnyRule>[] = [
    {
      id: 'rule',
      header: 'Rule',
      rowHeader: true,
      className: 'min-w-40 max-sm:min-w-56',
      cell: ({ rule, outcome }) => (
        <span className={outcome === 'decides' ? undefined : 'font-normal'}>{RULE_TITLES[rule]}</span>
      ),
    },
    {
      id: 'outcome',
      header: 'Outcome',
      cell: ({ outcome }) =>
        outcome === 'does-not-apply' ? (
          <span className="whitespace-nowrap text-muted-foreground">{OUTCOMES[outcome].word}</span>
        ) : (
          <Badge tone={OUTCOMES[outcome].tone}>{OUTCOMES[outcome].word}</Badge>
        ),
    },
    {
      id: 'words',
      header: 'Because',
      stacksOnPhones: true,
      className: 'min-w-56',
      cell: ({ words }) => capital(words),
    },
    {
      id: 'date',
      header: 'Until',
      className: 'min-w-44',
      cell: ({ date }) => <Timestamp value={date} zone={zone} layout="exact" empty="–" />,
    },
  ];
  return (
    <DataTable caption={caption} columns={columns} rows={rules} rowKey={({ rule }) => rule} empty={null} />
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
