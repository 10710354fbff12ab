import { AUDIT_PATH } from '../audit/audit-filters';
import { STREAMS_PATH } from '../audit-streams/stream-href';
import { TabLinks } from '../ui/tab-links';
import { SIZE_PATH } from './size-filters';

/** The audit log: its events, some views of them, and the pages about the log as a whole. */
export function LogTabs() {
  return (
    <TabLinks
      label="Views of the audit log"
      tabs={[
        { href: AUDIT_PATH, label: 'Everything' },
        { href: `${AUDIT_PATH}?view=refused&result=error`, label: 'Refused or failed' },
        { href: `${AUDIT_PATH}?view=open&result=open`, label: 'Not completed' },
        { href: STREAMS_PATH, label: 'Streams' },
        { href: SIZE_PATH, label: 'Size' },
      ]}
    />
  );
}
