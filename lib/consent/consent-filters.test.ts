import { expect, it } from 'vitest';
import { readConsentFilters } from './consent-filters';

it('reads every filter, and none when the address has none', () => {
  const texts = { challenge: '7', person: '#12', action: 'given', channel: 'api' };
  expect(readConsentFilters(texts, 'UTC')).toEqual({
    challengeId: 7,
    personId: 12,
    action: 'given',
    channel: 'api',
  });
  expect(Object.values(readConsentFilters({}, 'UTC')).filter((value) => value !== undefined)).toEqual([]);
});

// Each with the hours that the window is long, on the days when the clocks change and on a plain one.
it.each([
  ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
  ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
  ['Europe/Berlin', '2026-11-21', '2026-11-20T23:00:00.000Z', 24],
  ['America/St_Johns', '2026-03-08', '2026-03-08T03:30:00.000Z', 23],
  ['America/St_Johns', '2026-03-09', '2026-03-09T02:30:00.000Z', 24],
  ['America/St_Johns', '2026-11-01', '2026-11-01T02:30:00.000Z', 25],
  ['America/St_Johns', '2026-11-02', '2026-11-02T03:30:00.000Z', 24],
  ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z', 24.5],
  ['Pacific/Kiritimati', '2026-12-31', '2026-12-30T10:00:00.000Z', 24],
])('L10: in %s the day %s is the half-open window from %s, %d hours long', (zone, day, start, hours) => {
  const { from, to } = readConsentFilters({ from: day, to: day }, zone);
  expect(from?.toISOString()).toBe(start);
  expect((Number(to) - Number(from)) / 3_600_000).toBe(hours);
});

it.each([
  [{ challenge: '0' }, 'challenge: "0" is no id of a challenge: use a whole number from 1 to 2,147,483,647'],
  [{ challenge: '2147483648' }, 'challenge: "2147483648" is no id'],
  [{ challenge: '1.5' }, 'challenge: "1.5" is no id'],
  [{ challenge: "7' or 1=1" }, 'is no id of a challenge'],
  [{ person: '-1' }, 'person: "-1" is no id of a person'],
  [{ person: '٣' }, 'person: "٣" is no id of a person'],
  [{ action: 'revoked' }, 'action: "revoked" is not allowed: use given, withdrawn'],
  [{ action: 'Given' }, 'action: "Given" is not allowed'],
  [{ channel: 'fax' }, 'channel: "fax" is not allowed: use browser, api, cli, import, seed'],
  [{ from: '2026-02-31' }, 'from: "2026-02-31" is no day: use one such as 2026-11-21'],
  [{ from: '21.11.2026' }, 'from: "21.11.2026" is no day'],
  [{ from: '2026-11-21T00:00:00Z' }, 'is no day'],
  [{ from: '0000-01-01' }, 'from: "0000-01-01" is no day'],
  [{ to: '9999-12-31' }, 'to: "9999-12-31" is no day'],
  [{ to: 'x'.repeat(5000) }, `to: "${'x'.repeat(60)}…" is no day`],
  [
    { from: '2026-11-22', to: '2026-11-21' },
    'to: "2026-11-21" lies before the first day, "2026-11-22": use that day or a later one',
  ],
  [
    { colour: 'red', challenge: '7' },
    '"colour" is no filter: use challenge, person, action, channel, from, to',
  ],
])('%j is refused with its value and what is allowed', (texts, message) => {
  expect(() => readConsentFilters(texts, 'Europe/Berlin')).toThrow(message);
});

it('names every value that is wrong', () => {
  expect(() => readConsentFilters({ challenge: 'x', action: 'y' }, 'UTC')).toThrow(
    expect.objectContaining({
      code: 'invalid',
      fields: { challenge: expect.stringContaining('"x"'), action: expect.stringContaining('"y"') },
    }),
  );
});
