import type { ListedPending } from '@/lib/settings/list-settings';
import { Callout } from '../ui/callout';
import { TextLink } from '../ui/text-link';
import { sayPendingBy } from './setting-words';

/** Limits that are about to rise, for those who could stop it. */
export function PendingSettings({ pending }: { pending: readonly ListedPending[] }) {
  if (pending.length === 0) return null;
  return (
    <Callout title={pending.length === 1 ? 'A limit is about to rise' : 'Limits are about to rise'}>
      {pending.map((one) => (
        <p key={one.name}>{sayPendingBy(one)}; set it back to stop it.</p>
      ))}
      <TextLink href="/settings">See the settings</TextLink>
    </Callout>
  );
}
