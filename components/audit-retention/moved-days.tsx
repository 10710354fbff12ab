import type { Moved, Moves } from '@/lib/audit/policy/moves';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow, TableRowHeader } from '../ui/table';

const KINDS: [keyof Omit<Moves, 'at'>, string][] = [
  ['gone', 'gone for good'],
  ['expired', 'expires'],
  ['toArchives', 'leaves the hot tier'],
  ['toCold', 'into monthly archives'],
  ['waiting', 'waits for its archive'],
];

/** The days that a change concerns, folded away: they may be many. */
export function MovedDays({ step }: { step: Moves }) {
  const rows = KINDS.flatMap(([kind, words]) => step[kind].days.map((day) => ({ ...day, kind, words })));
  if (rows.length === 0) return null;
  const left = KINDS.reduce((sum, [kind]) => sum + hidden(step[kind]), 0);
  return (
    <details className="mt-2">
      <summary className="cursor-pointer font-medium">Day by day (UTC), by when events became final</summary>
      <div className="mt-2 grid gap-2">
        <Table caption="What becomes of each day" maxHeight="20rem">
          <TableHead>
            <tr>
              <TableHeader>Day or month</TableHeader>
              <TableHeader>What becomes of it</TableHeader>
              <TableHeader numeric>Events</TableHeader>
              <TableHeader numeric>Bytes</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {rows.map(({ kind, words, day, events, bytes }) => (
              <TableRow key={`${kind} ${day}`}>
                <TableRowHeader>{day}</TableRowHeader>
                <TableCell>{words}</TableCell>
                <TableCell numeric>{formatNumber(events)}</TableCell>
                <TableCell numeric>{formatBytes(bytes)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
        {left > 0 ? <p>And {formatCount(left, 'more', 'more')}.</p> : null}
      </div>
    </details>
  );
}

const hidden = ({ days, dayCount }: Moved): number => dayCount - days.length;
