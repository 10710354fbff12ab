import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { TopNames } from './top-names';

afterEach(cleanup);

it('T4: says what fills the log as the list of events does, with the raw key beside it, and leads to its events', () => {
  const top = {
    events: 30,
    actions: [
      { stream: 'lapse', name: 'audit.archive', events: 15 },
      { stream: 'billing', name: 'audit.archive', events: 10 },
    ],
    actors: [
      { stream: 'lapse', name: 'user:1', events: 15 },
      { stream: 'lapse', name: 'user:2', events: 9 },
      { stream: 'billing', name: 'user:1', events: 6 },
    ],
  };
  render(<TopNames size={{ top }} actors={new Map([['user:1', 'Ada Lovelace']])} />);
  const said = (table: string) =>
    within(screen.getByRole('table', { name: table }))
      .getAllByRole('rowheader')
      .map((cell) => [
        within(cell).getByRole('link').textContent,
        cell.querySelector('code')?.textContent,
        within(cell).getByRole('link').getAttribute('href'),
      ]);
  expect(said('Most frequent actions')).toEqual([
    ['Archive audit events', 'audit.archive', '/audit-log?stream=lapse&action=audit.archive'],
    // What another program calls so is something else.
    ['audit.archive', 'billing', '/audit-log?stream=billing&action=audit.archive'],
  ]);
  expect(said('Most frequent actors')).toEqual([
    ['Ada Lovelace', 'user:1', '/audit-log?stream=lapse&actor=user%3A1'],
    ['user:2', undefined, '/audit-log?stream=lapse&actor=user%3A2'],
    ['user:1', 'billing', '/audit-log?stream=billing&actor=user%3A1'],
  ]);
});
