import { TabLinks } from '../ui/tab-links';
import { NOTICES_PATH } from './notice-filters';

export const SUMMARIES_PATH = `${NOTICES_PATH}/summaries`;

/** The two kinds of mail that Lapse sends by schedule; hosts get the first one only. */
export function NoticeTabs() {
  return (
    <TabLinks
      label="Kinds of mail"
      tabs={[
        { href: NOTICES_PATH, label: 'To hosts, before deletion' },
        { href: SUMMARIES_PATH, label: 'To admins and auditors, about consent' },
      ]}
    />
  );
}
