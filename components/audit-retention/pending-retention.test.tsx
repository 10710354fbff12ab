import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import type { ShownPending } from '@/lib/audit/policy/show-retention';
import { DEFAULT_POLICY } from '@/lib/audit/policy/tier-policy';
import { AnnouncedRetention, PendingRetention } from './pending-retention';

afterEach(cleanup);

const pending: ShownPending = {
  policy: { ...DEFAULT_POLICY, hotDays: 21 },
  from: new Date('2026-11-28T09:00:00Z'),
  byName: 'Ada Lovelace',
  words: 'Hot tier from 30 days to 21 days on 28 Nov 2026',
};

it('L4: what gets shorter is announced to those who may only look as well, with who can stop it', () => {
  const { container } = render(<AnnouncedRetention pending={pending} mayCancel={false} />);
  expect(container.textContent).toContain(
    'Hot tier from 30 days to 21 days on 28 Nov 2026 (Ada Lovelace). Until then the longer one holds. Every admin can cancel it.',
  );
  expect(screen.getByRole('link', { name: 'See it' }).getAttribute('href')).toBe('/settings/audit-retention');
  cleanup();
  render(<AnnouncedRetention pending={pending} mayCancel />);
  expect(screen.getByRole('link', { name: 'See it, or cancel it' })).toBeTruthy();
});

it('L4: who may not change it has no button, and what has no day yet cannot be cancelled', () => {
  const cancel = async () => ({ ok: false as const, message: 'no', fields: {} });
  render(<PendingRetention pending={pending} cancel={null} />);
  expect(screen.queryByRole('button')).toBeNull();
  cleanup();
  render(<PendingRetention pending={{ ...pending, from: null }} cancel={cancel} />);
  expect(screen.queryByRole('button')).toBeNull();
  cleanup();
  render(<PendingRetention pending={pending} cancel={cancel} />);
  expect(screen.getByRole('button', { name: 'Cancel it…' })).toBeTruthy();
});
