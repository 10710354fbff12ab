import type { ListedGroup, ListedSetting } from '@/lib/settings/list-settings';
import { Card, Section } from '../ui/card';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { type ChangeSetting, ChangeSettingDialog } from './change-setting-dialog';
import { sayPendingBy, sayValue } from './setting-words';

interface SettingSectionProps {
  group: ListedGroup;
  /** Null for those who may look and not change. */
  change: ChangeSetting | null;
  zone: string;
  now: Date;
}

/** The settings of one group, each with its value, what it does, and who set it. */
export function SettingSection({ group, change, zone, now }: SettingSectionProps) {
  return (
    <Section title={group.title} description={group.help} surface={false}>
      <Card className="p-0 sm:p-0">
        <ul className="divide-y">
          {group.settings.map((setting) => (
            <li
              key={setting.name}
              className="grid gap-x-8 gap-y-3 p-4 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center sm:px-5"
            >
              <div className="grid gap-0.5">
                <h3 className="font-medium">{setting.title}</h3>
                <p className="max-w-prose text-muted-foreground">{setting.help}</p>
                <Pending pending={setting.pending} mayChange={change !== null} />
                <Origin setting={setting} zone={zone} now={now} />
              </div>
              <div className="flex items-center justify-between gap-4 sm:justify-end">
                <data value={setting.value} className="font-medium tabular-nums">
                  {sayValue(setting.value, setting.unit)}
                </data>
                {change ? <ChangeSettingDialog setting={setting} change={change} /> : null}
              </div>
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

/** What rises and when, while there is time to stop it. */
function Pending({ pending, mayChange }: { pending: ListedSetting['pending']; mayChange: boolean }) {
  if (!pending) return null;
  return (
    <p className="max-w-prose text-tone-amber">
      {sayPendingBy(pending)}
      {mayChange ? '; set it back to stop it.' : '.'}
    </p>
  );
}

function Origin({ setting, zone, now }: { setting: ListedSetting; zone: string; now: Date }) {
  const { name, changed, unit } = setting;
  return (
    <p className="text-xs text-muted-foreground">
      {changed ? (
        <>
          Set by {changed.byName ?? 'the command line'}{' '}
          <Timestamp value={changed.at} zone={zone} now={now} layout="inline" />; the default is{' '}
          {sayValue(setting.default, unit)}.{' '}
          <TextLink
            href={`/audit-log?target=${encodeURIComponent(`setting:${name}`)}`}
            aria-label={`Changes of ${setting.title}`}
          >
            Its changes
          </TextLink>
        </>
      ) : (
        'This is the default.'
      )}
    </p>
  );
}
