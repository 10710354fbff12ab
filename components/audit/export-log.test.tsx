import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { ExportLog } from './export-log';

afterEach(cleanup);

const hrefs = () => screen.getAllByRole('link').map((link) => link.getAttribute('href'));

test('B7: the files are of the filters in force', () => {
  const from = new Date('2026-11-01T00:00:00Z');
  render(
    <ExportLog
      input={{ from, stream: 'billing', words: 'ada & co', actor: undefined, limit: 50, cursor: 'x' }}
      isPartial={false}
    />,
  );
  expect(hrefs()).toEqual(
    ['csv', 'ndjson', 'parquet'].map(
      (format) =>
        `/api/v1/audit-events/export?format=${format}&stream=billing&words=ada+%26+co&from=2026-11-01T00%3A00%3A00.000Z`,
    ),
  );
});

test('B7: what is left of a window is asked for as such, and what is not completed is in none', () => {
  const { rerender } = render(<ExportLog input={{}} isPartial />);
  expect(hrefs()[0]).toBe('/api/v1/audit-events/export?format=csv&partial=true');
  screen.getByText(/what is left of every event that matches/);
  rerender(<ExportLog input={{ result: 'open' }} isPartial={false} />);
  expect(screen.queryByRole('link')).toBeNull();
});
