import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { StateBadge } from './state-badge';
import { Timestamp } from './timestamp';

afterEach(cleanup);

it('L10: shows an instant in words, in the person’s zone and in UTC, and machines the exact one', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  const { container } = render(<Timestamp value="2026-12-01T02:00:00Z" zone="Asia/Tokyo" now={now} />);
  expect(container.textContent).toBe('in 10 days1 Dec 2026, 11:00 GMT+9 (02:00 UTC)');
  expect(container.querySelector('time')?.getAttribute('dateTime')).toBe('2026-12-01T02:00:00.000Z');
});

it('shows what has no date as such', () => {
  const { container } = render(<Timestamp value={null} zone="UTC" empty="no date" />);
  expect(container.textContent).toBe('no date');
});

it('keeps a state’s icon when its word says more', () => {
  render(<StateBadge state="blocked">Blocked: still public</StateBadge>);
  const badge = screen.getByText('Blocked: still public');
  expect(badge.querySelector('svg')).not.toBeNull();
  expect(badge.dataset.stateName).toBe('blocked');
});
