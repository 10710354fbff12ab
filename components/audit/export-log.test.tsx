import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { ExportLog } from './export-log';

afterEach(cleanup);

const AT = { horizon: '2026-11-21T07:58:00.000123Z', zone: 'UTC' };
const END = 'recorded_to=2026-11-21T07%3A58%3A00.000123Z';
const hrefs = () => screen.getAllByRole('link').map((link) => link.getAttribute('href'));

test('B7: the files are of the filters in force, until the instant that is shown', () => {
  const filter = {
    from: new Date('2026-11-01T00:00:00Z'),
    stream: 'billing',
    words: 'ada & co',
    actor: undefined,
  };
  const { container } = render(
    <ExportLog {...AT} input={{ ...filter, limit: 50, cursor: 'x' }} isPartial={false} />,
  );
  expect(hrefs()).toEqual(
    ['csv', 'ndjson', 'parquet'].map(
      (format) =>
        `/api/v1/audit-events/export?format=${format}&stream=billing&words=ada+%26+co&from=2026-11-01T00%3A00%3A00.000Z&${END}`,
    ),
  );
  expect(container.textContent).toMatch(/every match, of all tiers, final before 21 Nov.* 07:58/);
});

test('B7: what is left of a window is asked for as such, and what may still change is in none', () => {
  const { rerender } = render(<ExportLog {...AT} input={{}} isPartial />);
  expect(hrefs()[0]).toBe(`/api/v1/audit-events/export?format=csv&${END}&partial=true`);
  screen.getByText(/what is left of the matches/);
  rerender(<ExportLog {...AT} input={{ result: 'open' }} isPartial={false} />);
  expect(screen.queryByRole('link')).toBeNull();
  rerender(<ExportLog {...AT} horizon={null} input={{}} isPartial={false} />);
  expect(screen.queryByRole('link')).toBeNull();
  screen.getByText(/Nothing can be exported yet/);
});
