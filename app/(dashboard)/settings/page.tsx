import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { SettingSection } from '@/components/settings/setting-section';
import { settingsAnswer } from '@/components/settings/setting-words';
import { SettingsTabs } from '@/components/settings/settings-tabs';
import { PageHeader } from '@/components/shell/page-header';
import { can } from '@/lib/people/access';
import { listSettings } from '@/lib/settings/list-settings';
import { changeSettingAction } from './actions';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  const ctx = await enterPage('settings.read');
  const groups = await loadForPage(listSettings(ctx));
  const mayChange = can(ctx.actor, 'settings.write');
  return (
    <>
      <PageHeader title="Settings" answer={settingsAnswer(groups, mayChange)} />
      <SettingsTabs />
      {groups.map((group) => (
        <SettingSection
          key={group.group}
          group={group}
          change={mayChange ? changeSettingAction : null}
          zone={ctx.actor.timeZone}
          now={ctx.clock.now()}
        />
      ))}
    </>
  );
}
