import { TabLinks } from '../ui/tab-links';
import { PUBLIC_DATA_PATH, TRANSCRIPTS_PATH } from './public-data-href';

/** The pages about anonymous data as a whole. */
export function PublicDataTabs() {
  return (
    <TabLinks
      label="Views of public data"
      tabs={[
        { href: PUBLIC_DATA_PATH, label: 'What goes and stays' },
        { href: TRANSCRIPTS_PATH, label: 'Transcripts' },
        { href: `${PUBLIC_DATA_PATH}/runs`, label: 'Runs' },
        { href: `${PUBLIC_DATA_PATH}/plans`, label: 'Plans' },
      ]}
    />
  );
}
