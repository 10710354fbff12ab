import type { ReactNode } from 'react';
import type { ListedPerson } from '@/lib/people/list-people';
import { formatDate } from '@/lib/platform/format-time';
import { type Column, DataTable } from '../data-table/data-table';
import { Badge } from '../ui/badge';
import { EmptyState } from '../ui/empty-state';
import { TextLink } from '../ui/text-link';
import { EditPersonDialog, type UpdatePerson } from './edit-person-dialog';
import { roleLabel } from './role-words';

interface PersonTableProps {
  people: readonly ListedPerson[];
  /** Who looks at it: an admin does not disable himself. */
  selfId: number;
  update: UpdatePerson;
  /** Whether single sign-on is set up here. */
  hasSingleSignOn: boolean;
  zone: string;
  footer?: ReactNode;
}

/** Everybody who can sign in, or could. */
export function PersonTable({ people, selfId, update, hasSingleSignOn, zone, footer }: PersonTableProps) {
  const columns: Column<ListedPerson>[] = [
    {
      id: 'name',
      header: 'Person',
      rowHeader: true,
      className: 'min-w-52',
      cell: (person) => (
        <span className="grid gap-0.5">
          <span>
            {person.displayName}
            {person.id === selfId ? <span className="font-normal text-muted-foreground"> (you)</span> : null}
          </span>
          <span className="text-xs font-normal break-words text-muted-foreground">
            {person.username} · <span className="whitespace-nowrap">{person.email}</span>
          </span>
        </span>
      ),
    },
    { id: 'role', header: 'Role', cell: (person) => roleLabel(person.role) },
    {
      id: 'state',
      header: 'Account',
      className: 'min-w-36',
      cell: ({ disabledAt, createdAt }) => (
        <span className="grid justify-items-start gap-0.5">
          {disabledAt ? <Badge tone="orange">Disabled</Badge> : 'Active'}
          <span className="text-xs text-muted-foreground">
            since {formatDate(disabledAt ?? createdAt, zone, 'short')}
          </span>
        </span>
      ),
    },
    {
      id: 'sign-in',
      header: 'Signs in by',
      className: 'min-w-36',
      cell: ({ signsInBy, timeZone }) => (
        <span className="grid gap-0.5">
          {signsInBy === 'password' ? 'Password' : 'Single sign-on'}
          {signsInBy === 'single sign-on' && !hasSingleSignOn ? (
            <span className="text-xs text-muted-foreground">Not set up here: cannot sign in yet</span>
          ) : null}
          <span className="text-xs text-muted-foreground">{timeZone}</span>
        </span>
      ),
    },
    {
      id: 'log',
      header: 'Audit log',
      cell: (person) => (
        <TextLink
          href={`/audit-log?actor=${encodeURIComponent(`user:${person.id}`)}`}
          aria-label={`Audit events of ${person.displayName}`}
        >
          Events
        </TextLink>
      ),
    },
    {
      id: 'edit',
      header: 'Change',
      className: 'w-0',
      cell: ({ username, displayName, role, disabledAt, id }) => (
        <EditPersonDialog
          person={{ username, displayName, role, disabled: disabledAt !== null }}
          isSelf={id === selfId}
          update={update}
        />
      ),
    },
  ];
  return (
    <DataTable
      caption="People"
      columns={columns}
      rows={people}
      rowKey={(person) => person.id}
      empty={<EmptyState title="Nobody further">Go back to the first page.</EmptyState>}
      footer={footer}
    />
  );
}
