import type { Metadata } from 'next';
import { enterPage } from '@/app/enter-page';
import { loadListForPage } from '@/app/load-for-page';
import { FilterBar } from '@/components/data-table/filter-bar';
import { KeysetPages } from '@/components/data-table/keyset-pages';
import type { SearchParams } from '@/components/data-table/table-url';
import { PageHeader } from '@/components/shell/page-header';
import { CreateTokenDialog } from '@/components/tokens/create-token-dialog';
import { readTokenFilters, TOKENS_PATH, tokenFilters } from '@/components/tokens/token-filters';
import { TokenTable } from '@/components/tokens/token-table';
import { tokensAnswer } from '@/components/tokens/tokens-answer';
import { EmptyState } from '@/components/ui/empty-state';
import { can } from '@/lib/people/access';
import { listTokens } from '@/lib/tokens/list-tokens';
import { createTokenAction, revokeTokenAction } from './actions';

export const metadata: Metadata = { title: 'API tokens' };

export default async function TokensPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, params] = [await enterPage('settings.read'), await searchParams];
  const filters = readTokenFilters(params);
  const address = { pathname: TOKENS_PATH, params };
  const { state, after } = filters;
  const { tokens, nextCursor } = await loadListForPage(
    listTokens(ctx, { state: state ?? 'usable', ...(after && { cursor: after }) }),
    address,
  );
  const now = ctx.clock.now();
  const isOnePageOfMany = nextCursor !== null || after !== undefined;
  const mayManage = can(ctx.actor, 'tokens.manage');
  return (
    <>
      <PageHeader
        title="API tokens"
        answer={
          state === 'ended'
            ? 'Tokens that were revoked or have expired. They stay listed, so that history keeps their names.'
            : tokensAnswer(tokens, isOnePageOfMany, now)
        }
        actions={mayManage ? <CreateTokenDialog create={createTokenAction} /> : null}
      />
      <FilterBar label="Filter API tokens" pathname={TOKENS_PATH} filters={tokenFilters(filters)} />
      <TokenTable
        tokens={tokens}
        revoke={mayManage ? revokeTokenAction : null}
        zone={ctx.actor.timeZone}
        now={now}
        empty={
          <EmptyState title="No such token">
            {mayManage ? 'Make one for each machine, with the scopes that it needs.' : 'Admins make them.'}
          </EmptyState>
        }
        footer={<KeysetPages noun="token" shown={tokens.length} nextCursor={nextCursor} {...address} />}
      />
    </>
  );
}
