import type { ReactNode } from 'react';
import type { TokenRow } from '@/lib/tokens/list-tokens';
import { type Column, DataTable } from '../data-table/data-table';
import { Badge } from '../ui/badge';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { type RevokeToken, RevokeTokenDialog } from './revoke-token-dialog';
import { endsSoon } from './tokens-answer';

interface TokenTableProps {
  tokens: readonly TokenRow[];
  /** Null for those who may look and not act. */
  revoke: RevokeToken | null;
  zone: string;
  now: Date;
  empty: ReactNode;
  footer?: ReactNode;
}

export function TokenTable({ tokens, revoke, zone, now, empty, footer }: TokenTableProps) {
  const columns: Column<TokenRow>[] = [
    {
      id: 'name',
      header: 'Token',
      rowHeader: true,
      className: 'min-w-32 max-w-72',
      cell: (token) => (
        <span className="grid gap-0.5 break-words">
          {token.name}
          <code className="text-xs font-normal text-muted-foreground">{token.prefix}…</code>
          <TextLink
            href={`/audit-log?actor=${encodeURIComponent(`token:${token.id}`)}`}
            aria-label={`Audit events of ${token.name}`}
            className="justify-self-start text-xs font-normal"
          >
            Events
          </TextLink>
        </span>
      ),
    },
    {
      id: 'scopes',
      header: 'May',
      className: 'min-w-44',
      cell: (token) => (
        <span className="grid justify-items-start gap-1">
          {token.scopes.map((scope) => (
            <code key={scope} className="text-xs">
              {scope}
            </code>
          ))}
          <ActsFor token={token} />
        </span>
      ),
    },
    {
      id: 'state',
      header: 'Ends',
      className: 'min-w-44',
      // The button stands here, and not in a column of its own that a table of this width would push out of sight.
      cell: (token) => (
        <span className="grid justify-items-start gap-2">
          <End token={token} zone={zone} now={now} />
          {revoke && token.state === 'usable' ? <RevokeTokenDialog token={token} revoke={revoke} /> : null}
        </span>
      ),
    },
    {
      id: 'used',
      header: 'Last used',
      cell: (token) => <Timestamp value={token.lastUsedAt} zone={zone} now={now} empty="Never" />,
    },
    {
      id: 'made',
      header: 'Made',
      cell: (token) => (
        <span className="grid">
          <Timestamp value={token.createdAt} zone={zone} now={now} />
          <span className="text-xs text-muted-foreground">by {token.createdBy ?? 'the command line'}</span>
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption="API tokens"
      columns={columns}
      rows={tokens}
      rowKey={(token) => token.id}
      empty={empty}
      footer={footer}
    />
  );
}

function ActsFor({ token: { actsFor } }: { token: TokenRow }) {
  if (!actsFor) return null;
  return (
    <span className="text-xs text-muted-foreground">
      in the name of {actsFor.displayName}
      {actsFor.acceptedAt ? ', who accepted it' : ', who has not accepted it yet'}
    </span>
  );
}

function End({ token, zone, now }: { token: TokenRow; zone: string; now: Date }) {
  if (token.state === 'revoked') {
    return (
      <span className="grid justify-items-start gap-0.5">
        <Badge>Revoked</Badge>
        <Timestamp value={token.revokedAt} zone={zone} now={now} />
        <span className="text-xs text-muted-foreground">by {token.revokedBy ?? 'the command line'}</span>
      </span>
    );
  }
  return (
    <span className="grid justify-items-start gap-0.5">
      {token.state === 'expired' ? <Badge>Expired</Badge> : null}
      {endsSoon(token, now) ? <Badge tone="amber">Ends soon</Badge> : null}
      <Timestamp value={token.expiresAt} zone={zone} now={now} />
    </span>
  );
}
