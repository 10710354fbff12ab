import type { Metadata } from 'next';
import { getContext } from '@/app/session';
import { roleLabel, roleMeaning } from '@/components/people/role-words';
import { PageHeader } from '@/components/shell/page-header';
import { ActingTokens } from '@/components/tokens/acting-tokens';
import { Section } from '@/components/ui/card';
import { DescriptionList } from '@/components/ui/description-list';
import { tokensActingForMe } from '@/lib/tokens/list-tokens';
import { acceptTokenAction, revokeTokenAction } from '../tokens/actions';

export const metadata: Metadata = { title: 'Your account' };

export default async function AccountPage() {
  const ctx = await getContext();
  const { displayName, username, role, timeZone } = ctx.actor;
  const tokens = await tokensActingForMe(ctx);
  return (
    <>
      <PageHeader title="Your account" answer={`You are ${displayName}. ${roleMeaning(role)}`} />
      <Section title="Who you are">
        <DescriptionList
          items={[
            { term: 'User name', description: username },
            { term: 'Role', description: roleLabel(role) },
            { term: 'Times are shown in', description: `${timeZone}, with UTC beside it` },
          ]}
        />
      </Section>
      <Section
        title="Tokens that act in your name"
        description="A machine with such a token gives and withdraws consent as you. It can do so only after you have accepted it."
        surface={false}
      >
        <ActingTokens
          tokens={tokens}
          accept={acceptTokenAction}
          revoke={revokeTokenAction}
          zone={timeZone}
          now={ctx.clock.now()}
        />
      </Section>
    </>
  );
}
