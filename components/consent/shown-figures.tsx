import { z } from 'zod';
import { formatBytes, formatNumber } from '@/lib/platform/format';
import { formatInstantBoth } from '@/lib/platform/format-time';
import { DescriptionList } from '../ui/description-list';

interface ShownFiguresProps {
  /** As it was written at the time: records outlive the code, so nothing is taken for granted. */
  figures: unknown;
  zone: string;
}

const giving = z.object({
  submissions: z.number(),
  files: z.number(),
  bytes: z.number(),
  earliestDeletion: z.string().nullable(),
  retentionDays: z.number(),
});
const withdrawing = z.object({
  pendingSubmissions: z.number(),
  files: z.number(),
  bytes: z.number(),
  deletedFiles: z.number(),
  deletingFiles: z.number(),
});

/** The counts that stood in the dialog, as numbers. What an older version wrote is shown as it is. */
export function ShownFigures({ figures, zone }: ShownFiguresProps) {
  const given = giving.safeParse(figures);
  if (given.success) return <DescriptionList columns={3} items={givenItems(given.data, zone)} />;
  const withdrawn = withdrawing.safeParse(figures);
  if (withdrawn.success) return <DescriptionList columns={3} items={withdrawnItems(withdrawn.data)} />;
  return <pre className="overflow-x-auto font-mono text-[0.8125rem]">{JSON.stringify(figures, null, 2)}</pre>;
}

function givenItems(figures: z.output<typeof giving>, zone: string) {
  return [
    { term: 'Submissions concerned', description: formatNumber(figures.submissions) },
    { term: 'Files', description: formatNumber(figures.files) },
    { term: 'Size', description: formatBytes(figures.bytes) },
    {
      term: 'Earliest deletion',
      description: figures.earliestDeletion
        ? formatInstantBoth(new Date(figures.earliestDeletion), zone)
        : 'none',
    },
    { term: 'Retention period', description: `${formatNumber(figures.retentionDays)} days` },
  ];
}

function withdrawnItems(figures: z.output<typeof withdrawing>) {
  return [
    { term: 'Dates cleared', description: formatNumber(figures.pendingSubmissions) },
    { term: 'Files kept', description: formatNumber(figures.files) },
    { term: 'Size kept', description: formatBytes(figures.bytes) },
    { term: 'Files gone already', description: formatNumber(figures.deletedFiles) },
    { term: 'Files being deleted', description: formatNumber(figures.deletingFiles) },
  ];
}
