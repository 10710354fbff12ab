import { formatInstantBoth } from '@/lib/platform/format-time';
import type { TokenRow } from '@/lib/tokens/list-tokens';
import { type Column, DataTable } from '../data-table/data-table';
import { EmptyState } from '../ui/empty-state';
import { Timestamp } from '../ui/timestamp';
import { type AcceptToken, AcceptTokenDialog } from './accept-token-dialog';
import { type RevokeToken, RevokeTokenDialog } from './revoke-token-dialog';

interface ActingTokensProps {
  tokens: readonly TokenRow[];
  accept: AcceptToken;
  revoke: RevokeToken;
  zone: string;
  now: Date;
}

/** The tokens that decide in the reader's name, or wait for that. */
export function ActingTokens({ tokens, accept, revoke, zone, now }: ActingTokensProps) {
  const columns: Column<TokenRow>[] = [
    {
      id: 'name',
      header: 'Token',
      rowHeader: true,
      className: 'min-w-44',
      cell: (token) => (
        <span className="grid gap-0.5 break-words">
          {token.name}
          <span className="text-xs font-normal text-muted-foreground">
            made by {token.createdBy ?? 'somebody on the server'}
          </span>
        </span>
      ),
    },
    {
      id: 'accepted',
      header: 'Accepted',
      cell: ({ actsFor }) => (
        <Timestamp
          value={actsFor?.acceptedAt ?? null}
          zone={zone}
          now={now}
          empty="Not yet: it decides nothing"
        />
      ),
    },
    {
      id: 'used',
      header: 'Last used',
      cell: ({ lastUsedAt }) => <Timestamp value={lastUsedAt} zone={zone} now={now} empty="Never" />,
    },
    {
      id: 'ends',
      header: 'Ends',
      cell: ({ expiresAt }) => <Timestamp value={expiresAt} zone={zone} now={now} />,
    },
    {
      id: 'act',
      header: 'Decide',
      className: 'w-0',
      cell: (token) => (
        <span className="flex gap-2">
          {token.actsFor?.acceptedAt ? null : (
            <AcceptTokenDialog
              token={token}
              expires={formatInstantBoth(token.expiresAt, zone)}
              accept={accept}
            />
          )}
          <RevokeTokenDialog token={token} revoke={revoke} />
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption="Tokens that act in your name"
      columns={columns}
      rows={tokens}
      rowKey={({ id }) => id}
      empty={<EmptyState title="No token acts in your name">Nobody but you decides as you.</EmptyState>}
    />
  );
}
