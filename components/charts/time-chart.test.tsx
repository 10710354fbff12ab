import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { ChartFigure } from './chart-figure';

afterEach(cleanup);

const DAY = 24 * 60 * 60 * 1000;

const show = () =>
  render(
    <ChartFigure
      label="Events by tier"
      pointName="Time"
      kind="lines"
      unit="events"
      from="19 Nov"
      to="now"
      points={[1, 2, 3].map((day) => ({ at: day * DAY, label: `day ${day}` }))}
      series={[
        { name: 'Hot', tone: 'orange', line: 'solid', values: [1000, 2000, 3500] },
        { name: 'Warm', tone: 'violet', line: 'dashed', values: [null, 900, 1900] },
      ]}
    />,
  );

describe('a chart (T4, B12)', () => {
  it('B12: says the values of an instant that is chosen by keys', () => {
    show();
    const slider = screen.getByRole('slider', { name: 'Events by tier: point in time' });
    expect(slider.getAttribute('aria-valuetext')).toBe('day 3: Hot 3,500, Warm 1,900');
    fireEvent.keyDown(slider, { key: 'ArrowLeft' });
    expect(slider.getAttribute('aria-valuetext')).toBe('day 2: Hot 2,000, Warm 900');
    fireEvent.keyDown(slider, { key: 'Home' });
    fireEvent.keyDown(slider, { key: 'ArrowLeft' });
    expect(slider.getAttribute('aria-valuetext')).toBe('day 1: Hot 1,000, Warm not known');
    expect(slider.getAttribute('aria-valuenow')).toBe('0');
    fireEvent.blur(slider);
    expect(slider.getAttribute('aria-valuetext')).toContain('day 3');
  });

  it('T4: has the same numbers as a table, the newest first', () => {
    show();
    const table = screen.getByRole('table', { hidden: true });
    const rows = within(table).getAllByRole('row', { hidden: true });
    expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ['Time', 'Hot', 'Warm'],
      ['day 3', '3,500', '1,900'],
      ['day 2', '2,000', '900'],
      ['day 1', '1,000', 'not known'],
    ]);
  });

  it('B12: tells its lines apart without colours', () => {
    const { container } = show();
    const dashes = [...container.querySelectorAll('path')].map((path) =>
      path.getAttribute('stroke-dasharray'),
    );
    expect(new Set(dashes).size).toBe(2);
  });
});
