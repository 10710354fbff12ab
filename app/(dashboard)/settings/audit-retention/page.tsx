import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadForPage } from '@/app/load-for-page';
import { PendingRetention } from '@/components/audit-retention/pending-retention';
import { PresetList } from '@/components/audit-retention/preset-list';
import { RetentionForm } from '@/components/audit-retention/retention-form';
import { TierDiagram } from '@/components/audit-retention/tier-diagram';
import { SettingsTabs } from '@/components/settings/settings-tabs';
import { PageHeader } from '@/components/shell/page-header';
import { Callout } from '@/components/ui/callout';
import { Section } from '@/components/ui/card';
import { TextLink } from '@/components/ui/text-link';
import { Timestamp } from '@/components/ui/timestamp';
import { policySentence } from '@/lib/audit/policy/say-moves';
import { sayWho } from '@/lib/audit/policy/say-policy';
import { type ShownRetention, showRetention } from '@/lib/audit/policy/show-retention';
import { can } from '@/lib/people/access';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { cancelShorteningAction, changeRetentionAction, simulateRetentionAction } from './actions';

export const metadata: Metadata = { title: 'Audit log retention' };

export default async function AuditRetentionPage() {
  const ctx = await enterPage('settings.read');
  const shown = await loadForPage(showOrWhy(ctx));
  const [zone, now] = [ctx.actor.timeZone, ctx.clock.now()];
  if (typeof shown === 'string') {
    return (
      <>
        <PageHeader
          title="Audit log retention"
          answer="Nothing leaves the audit log: what is stored here cannot be read."
        />
        <SettingsTabs />
        <Callout kind="error" role="note" title="The stored retention is not possible">
          {shown}
        </Callout>
      </>
    );
  }
  const mayChange = can(ctx.actor, 'settings.write');
  const actions = {
    simulate: simulateRetentionAction,
    change: changeRetentionAction,
    cancel: cancelShorteningAction,
  };
  const { inForce, pending, problem } = shown;
  return (
    <>
      <PageHeader
        title="Audit log retention"
        answer={
          problem ? 'Nothing leaves the audit log: what is set is not possible.' : policySentence(inForce)
        }
      />
      <SettingsTabs />
      {problem ? (
        <Callout kind="error" role="note" title="Nothing is removed until this is mended">
          {problem}.
        </Callout>
      ) : null}
      {pending ? <PendingRetention pending={pending} cancel={mayChange ? actions.cancel : null} /> : null}
      <Section title="Where events are" surface={false}>
        <TierDiagram policy={inForce} archives={ctx.storage.describe()} />
      </Section>
      <PresetList policy={inForce} />
      <Section
        title="Change it"
        description="A longer period holds at once. A shorter one, and a rule that is taken away, holds 7 days later, and until then every admin can cancel it."
      >
        <RetentionForm
          // A change elsewhere begins the form anew.
          key={JSON.stringify([shown.asked, shown.inForce])}
          asked={shown.asked}
          fixed={shown.fixed}
          actions={mayChange ? actions : null}
          zone={zone}
        />
      </Section>
      <Origin shown={shown} zone={zone} now={now} />
    </>
  );
}

/** What is stored may be beyond reading, which is an answer as well. */
async function showOrWhy(ctx: Context): Promise<ShownRetention | string> {
  try {
    return await showRetention(ctx);
  } catch (error) {
    if (error instanceof LapseError && error.code === 'conflict') return error.message;
    throw error;
  }
}

function Origin({
  shown: { changed, fixed },
  zone,
  now,
}: {
  shown: ShownRetention;
  zone: string;
  now: Date;
}) {
  return (
    <p className="text-xs text-muted-foreground">
      {changed ? (
        <>
          Set by {sayWho(changed.byName)}{' '}
          <Timestamp value={changed.at} zone={zone} now={now} layout="inline" />.{' '}
          <TextLink href="/audit-log?target=audit-retention">Its changes</TextLink>
        </>
      ) : (
        `These are the defaults${Object.keys(fixed).length > 0 ? ', but for what the environment fixes' : ''}.`
      )}
    </p>
  );
}
