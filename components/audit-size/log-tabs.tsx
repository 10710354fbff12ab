import { AUDIT_PATH } from '../audit/audit-filters';
import { STREAMS_PATH } from '../audit-streams/stream-href';
import { TabLinks } from '../ui/tab-links';
import { SIZE_PATH } from './size-filters';

/** The pages about the audit log as a whole. */
export function LogTabs() {
  return (
    <TabLinks
      label="Pages of the audit log"
      tabs={[
        { href: AUDIT_PATH, label: 'Events' },
        { href: STREAMS_PATH, label: 'Streams' },
        { href: SIZE_PATH, label: 'Size' },
      ]}
    />
  );
}
