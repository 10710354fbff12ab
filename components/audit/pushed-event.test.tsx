import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { LoadedAuditEvent } from '@/lib/audit/list-events';
import { AuditTable } from './audit-table';
import { eventAnswer } from './event-answer';
import { EventFacts } from './event-facts';
import { PushedDetails } from './pushed-details';
import { ValueDiff } from './value-diff';

afterEach(cleanup);

const NOW = new Date('2026-11-21T09:00:00Z');
const MARKUP = '<img src=x onerror=alert(1)>';

/** All that a program could say to be taken for Lapse, or to break the page. */
const event: LoadedAuditEvent = {
  tier: 'hot',
  archive: null,
  id: '019c0000-0000-7000-8000-000000000001',
  stream: 'evil',
  timeStarted: '2026-11-21T08:00:00.123456Z',
  timeCompleted: '2026-11-21T07:59:00.000000Z',
  result: 'error',
  action: 'consent.give',
  actor: 'user:1',
  actorDetails: {
    type: 'pushed',
    pushedBy: 'token:01990000-0000-7000-8000-000000000001',
    sourceId: MARKUP,
    details: { type: 'user', personId: 1, username: 'ada', displayName: 'Ada Lovelace', role: 'admin' },
  },
  target: 'challenge:7',
  oldValue: { 'a.b': 1, a: { b: 2 } },
  newValue: {
    when: '2026-02-31T09:00:00Z',
    never: '2026-99-99T99:99:99Z',
    html: MARKUP,
    link: 'javascript:alert(1)',
  },
  reason: MARKUP,
  error: 'forbidden: Only admins give consent.',
};
const drawn = (seal: Parameters<typeof EventFacts>[0]['seal'] = { sealed: false, why: 'Not yet.' }) => {
  const { container } = render(
    <>
      <ValueDiff event={event} zone="UTC" />
      <PushedDetails event={event} zone="UTC" />
      <EventFacts
        {...{ event, seal, copy: null, targetName: undefined, pushedByName: 'the token “Evil”' }}
        zone="UTC"
        now={NOW}
      />
      <AuditTable events={[event]} params={{}} zone="UTC" now={NOW} empty={null} />
    </>,
  );
  return container;
};

test('an event of another program is drawn as what it says, never as one of ours', () => {
  const page = drawn();
  expect(page.querySelector('img, script')).toBeNull();
  expect(screen.queryByText('Give consent')).toBeNull();
  expect(screen.queryByText('Refused')).toBeNull();
  expect(screen.queryByText('Open it')).toBeNull();
  const row = within(screen.getByRole('table', { name: 'Audit events' })).getAllByRole('row')[1]!;
  expect(row.textContent).toContain('consent.give');
  expect(row.textContent).toContain('evil');
  expect(row.textContent).toContain('user:1');
  expect(row.textContent).not.toContain('Ada Lovelace');
  for (const link of page.querySelectorAll('a')) expect(link.getAttribute('href')).toMatch(/^\/audit-log/);
  // Once in its column, and once for phones.
  for (const link of within(row).getAllByRole('link', { name: 'user:1' }))
    expect(link.getAttribute('href')).toBe('/audit-log?actor=user%3A1&stream=evil');
  expect(eventAnswer(event, 'UTC')).toBe(
    'user:1, on 21 Nov 2026, 08:00 UTC, as the stream “evil” tells it. It failed: forbidden: Only admins give consent.',
  );
});

test('each of its values is there, under a path of its own, and an instant that cannot be breaks nothing', () => {
  drawn();
  const values = screen.getByRole('table', { name: 'Old and new value' });
  for (const path of ['"a.b"', 'a.b', 'when', 'never', 'html', 'link']) {
    expect(within(values).getByText(path)).toBeTruthy();
  }
  expect(within(values).getByText(MARKUP)).toBeTruthy();
  expect(
    within(screen.getByRole('table', { name: 'Details of the actor' })).getByText('Ada Lovelace'),
  ).toBeTruthy();
});

test('B4: its page says where it is sealed, or that it will be', () => {
  expect(drawn().textContent).toContain('Not yet.');
  const signedAt = '2026-11-21T10:20:00.000000Z';
  expect(drawn({ sealed: true, segment: 12, statement: 34, signedAt }).textContent).toContain(
    'Sealed in segment 12 by statement 34, signed 21 Nov 2026, 10:20 UTC.',
  );
});

test('T5: its page says who pushed it, by name and by key, and which archives have it', () => {
  const page = drawn();
  expect(screen.getByRole('link', { name: 'the token “Evil”' }).getAttribute('href')).toContain(
    'stream=lapse&actor=token%3A',
  );
  expect(page.textContent).toContain('token:01990000-0000-7000-8000-000000000001');
  expect(page.textContent).toContain('the hot tier; no archive has a copy.');
});

test('thousands of values are not drawn all at once, and it says so', () => {
  const many = Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`k${n}`, n]));
  render(<ValueDiff event={{ ...event, oldValue: null, newValue: many }} zone="UTC" />);
  expect(screen.getAllByRole('row')).toHaveLength(501);
  expect(screen.getByText(/200 more values not shown/)).toBeTruthy();
});
