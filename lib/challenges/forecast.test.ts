import { describe, expect, test } from 'vitest';
import { forecast, nextRun } from './forecast';

const at = (text: string) => new Date(text);

describe('nextRun', () => {
  test('E15 is 02:00 UTC on the 1st, and the very instant of a run counts', () => {
    const job = 'cleanup-expired-submission-artifacts';
    expect(nextRun(job, at('2026-11-20T00:00:00Z'))).toEqual(at('2026-12-01T02:00:00Z'));
    expect(nextRun(job, at('2026-12-01T02:00:00Z'))).toEqual(at('2026-12-01T02:00:00Z'));
    expect(nextRun(job, at('2026-12-01T02:00:00.001Z'))).toEqual(at('2027-01-01T02:00:00Z'));
  });
});

describe('forecast', () => {
  const now = at('2026-11-20T12:00:00Z');

  test('what was announced goes with the first run at or after its date', () => {
    expect(forecast(at('2026-11-25T00:00:00Z'), true, now)).toEqual({
      notice: null,
      deletion: at('2026-12-01T02:00:00Z'),
      covers: at('2026-12-01T02:00:00Z'),
    });
  });

  test('an overdue date goes with the next run from now, not with one that has passed', () => {
    expect(forecast(at('2026-06-01T00:00:00Z'), true, now).deletion).toEqual(at('2026-12-01T02:00:00Z'));
  });

  test('L2 what was not announced waits for the Monday within 14 days of its date, and for 14 days after it', () => {
    const expected = forecast(at('2027-01-10T00:00:00Z'), false, now);
    expect(expected.notice).toEqual(at('2026-12-28T10:00:00Z'));
    expect(expected.deletion).toEqual(at('2027-02-01T02:00:00Z'));
    // The notice of 11 January is the last that is 14 days old by then; it names what is due within 14 days of it.
    expect(expected.covers).toEqual(at('2027-01-25T10:00:00Z'));
  });
});
