import { TabLinks } from '../ui/tab-links';

export function SettingsTabs() {
  return (
    <TabLinks
      label="Settings"
      tabs={[
        { href: '/settings', label: 'General' },
        { href: '/settings/audit-retention', label: 'Audit log retention' },
      ]}
    />
  );
}
