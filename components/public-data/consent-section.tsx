import type { FirstOf as First, MeetingConsent } from '@/lib/anonymous/transcript-parts';
import { type Column, DataTable } from '../data-table/data-table';
import { FirstOf } from '../data-table/first-of';
import { Section } from '../ui/card';
import { Timestamp } from '../ui/timestamp';

interface ConsentSectionProps {
  consents: First<MeetingConsent>;
  zone: string;
  now: Date;
}

/** What people in the meeting agreed to. It decides nothing here, and stays as history when the rest is gone (R3). */
export function ConsentSection({ consents: { shown, total }, zone, now }: ConsentSectionProps) {
  if (total === 0) return null;
  const columns: Column<MeetingConsent>[] = [
    {
      id: 'who',
      header: 'Who',
      rowHeader: true,
      cell: ({ userId }) => userId ?? 'Somebody without an account',
    },
    { id: 'what', header: 'Said', cell: ({ given }) => (given ? 'Yes' : 'No') },
    { id: 'when', header: 'When', cell: ({ at }) => <Timestamp value={at} zone={zone} now={now} /> },
  ];
  return (
    <Section
      title="Consent in the meeting"
      surface={false}
      description="What people in its meeting agreed to. It is kept as history when everything else is gone."
    >
      <DataTable
        caption="Consent in the meeting"
        columns={columns}
        rows={shown}
        rowKey={({ id }) => id}
        empty={null}
        footer={<FirstOf shown={shown.length} total={total} noun="answer" />}
      />
    </Section>
  );
}
