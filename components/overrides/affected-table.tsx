import type { AffectedSubmission } from '@/lib/overrides/override-impact';
import { formatCount } from '@/lib/platform/format';
import { formatDate } from '@/lib/platform/format-time';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow, TableRowHeader } from '../ui/table';

interface AffectedTableProps {
  affected: readonly AffectedSubmission[];
  /** How many there are in all. */
  total: number;
}

/** The first of the submissions whose date a change moves; days are those of UTC. */
export function AffectedTable({ affected, total }: AffectedTableProps) {
  if (affected.length === 0) return null;
  const more = total - affected.length;
  return (
    <div className="grid min-w-0 gap-1.5">
      <Table caption="Submissions that get another date" maxHeight="13rem">
        <TableHead>
          <tr>
            <TableHeader>Submission</TableHeader>
            <TableHeader>Date now</TableHeader>
            <TableHeader>Date then</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {affected.map(({ submissionId, participantTeamName, before, after }) => (
            <TableRow key={submissionId}>
              <TableRowHeader className="min-w-24">
                #{submissionId}
                <span className="block text-xs font-normal break-words text-muted-foreground">
                  {participantTeamName}
                </span>
              </TableRowHeader>
              <TableCell className="whitespace-nowrap">{formatDate(before, 'UTC', 'short')}</TableCell>
              <TableCell className="whitespace-nowrap">{formatDate(after, 'UTC', 'short')}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <p className="text-[0.8125rem] text-muted-foreground">
        Days in UTC.
        {more > 0 ? ` ${formatCount(more, 'more submission')} ${more === 1 ? 'is' : 'are'} not listed.` : ''}
      </p>
    </div>
  );
}
