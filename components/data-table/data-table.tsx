import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { cn } from '../ui/cn';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow, TableRowHeader } from '../ui/table';
import { hrefWith, type SearchParams, type Sort, sortParam } from './table-url';

export interface Column<Row> {
  /** Also the name in the 'sort' parameter. */
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Right-aligned, because people compare the numbers. */
  numeric?: boolean;
  /** The column that names the row: one in each table. */
  rowHeader?: boolean;
  sortable?: boolean;
  /** What is left out where the screen is narrow; say in the row's own page what it said. */
  hideBelow?: 'sm' | 'md' | 'lg';
  /** What matters most, so that nobody has to scroll sideways for it: on a phone it stands below the row's name instead. */
  stacksOnPhones?: boolean;
  className?: string;
}

interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  /** Shown instead of the table when there are no rows: an EmptyState that says why. */
  empty: ReactNode;
  /** For tables that can be sorted: the order now, and the address that the links change. */
  sorting?: { sort: Sort; pathname: string; params: SearchParams };
  /** A Pagination. */
  footer?: ReactNode;
  maxHeight?: string;
}

const HIDE = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden' };

/** A table made on the server, whose filters, order and place are its address; it needs no JavaScript. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  empty,
  sorting,
  footer,
  maxHeight,
}: DataTableProps<Row>) {
  const stacked = columns.filter(({ stacksOnPhones }) => stacksOnPhones);
  if (rows.length === 0) {
    return (
      <div className="grid gap-3">
        {empty}
        {footer}
      </div>
    );
  }
  return (
    <div className="grid min-w-0 gap-3">
      <Table caption={caption} {...(maxHeight && { maxHeight })}>
        <TableHead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sorting={sorting} />
            ))}
          </tr>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={rowKey(row)}>
              {columns.map((column) => (
                <BodyCell key={column.id} column={column}>
                  {column.cell(row)}
                  {column.rowHeader
                    ? stacked.map(({ id, cell }) => (
                        <div key={id} className="mt-1.5 font-normal sm:hidden">
                          {cell(row)}
                        </div>
                      ))
                    : null}
                </BodyCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {footer}
    </div>
  );
}

function hidden<Row>({ hideBelow, stacksOnPhones }: Column<Row>): string {
  return cn(hideBelow && HIDE[hideBelow], stacksOnPhones && HIDE.sm);
}

function BodyCell<Row>({ column, children }: { column: Column<Row>; children: ReactNode }) {
  const className = cn(hidden(column), column.className);
  if (column.rowHeader) return <TableRowHeader className={className}>{children}</TableRowHeader>;
  return (
    <TableCell numeric={column.numeric ?? false} className={className}>
      {children}
    </TableCell>
  );
}

interface HeaderCellProps<Row> {
  column: Column<Row>;
  sorting: DataTableProps<Row>['sorting'];
}

function HeaderCell<Row>({ column, sorting }: HeaderCellProps<Row>) {
  const numeric = column.numeric ?? false;
  const className = hidden(column);
  if (!sorting || !column.sortable) {
    return (
      <TableHeader numeric={numeric} className={className}>
        {column.header}
      </TableHeader>
    );
  }
  const { sort, pathname, params } = sorting;
  const current = sort.by === column.id ? sort.direction : undefined;
  const Icon = current === 'asc' ? ArrowUp : current === 'desc' ? ArrowDown : ChevronsUpDown;
  // What people want first of a number is the largest, of a word the beginning of the alphabet.
  const first = numeric ? 'desc' : 'asc';
  const next = current === undefined ? first : current === 'asc' ? 'desc' : 'asc';
  return (
    <TableHeader
      numeric={numeric}
      className={className}
      aria-sort={current === undefined ? undefined : current === 'asc' ? 'ascending' : 'descending'}
    >
      <Link
        href={hrefWith(pathname, params, { sort: sortParam({ by: column.id, direction: next }) })}
        scroll={false}
        prefetch={false}
        className={cn(
          '-mx-1 inline-flex h-7 items-center gap-1 rounded-sm px-1 hover:text-foreground',
          current && 'text-foreground',
        )}
      >
        {column.header}
        <Icon aria-hidden className="size-3.5" />
      </Link>
    </TableHeader>
  );
}
