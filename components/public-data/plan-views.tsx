import { TabLinks } from '../ui/tab-links';

/** The two views of a plan of anonymous data: what goes as a whole, and file by file. */
export function PlanViews({ planId }: { planId: string }) {
  return (
    <TabLinks
      label="Views of this plan"
      tabs={[
        { href: `/cleanup/plans/${planId}`, label: 'Transcripts' },
        { href: `/cleanup/plans/${planId}?view=files`, label: 'Files' },
      ]}
    />
  );
}
