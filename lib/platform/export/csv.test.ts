import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CSV_BOM, csvLine, withoutFormulas } from './csv';
import { csvFormat, exportFileName, exportFormat, ndjsonFormat, writeRows } from './row-format';
import { readCsv } from './testing/read-csv';

describe('csvLine', () => {
  it('quotes as RFC 4180 has it, and tells an empty text from none', () => {
    expect(csvLine(['plain', 'a,b', 'say "no"', 'two\nlines', '', null, 7, 10n, true, ' edge '])).toBe(
      'plain,"a,b","say ""no""","two\nlines","",,7,10,true," edge "\r\n',
    );
  });

  it('keeps every text: a reader of RFC 4180 gets it back but for the apostrophes', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), (rows) => {
        expect(readCsv(rows.map((row) => csvLine(row)).join(''))).toEqual(
          rows.map((row) => row.map(withoutFormulas)),
        );
      }),
    );
  });
});

/** Small pieces that meet often, so that every rule is hit. */
const nasty = fc
  .array(fc.constantFrom('=', '+', '-', '@', '＝', "'", ' ', '\t', '\r', '\n', ';', ',', '"', 'a', '1'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

describe('withoutFormulas', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+49 30 1', "'+49 30 1"],
    ['-5', "'-5"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ['\nx', "'\nx"],
    ['  =1', "'  =1"],
    ['\u00a0=1', "'\u00a0=1"],
    ['\u200b\ufeff=1', "'\u200b\ufeff=1"],
    [' \n=1', "' \n'=1"],
    ['＝1', "'＝1"],
    ["'=1", "''=1"],
    // Where the list separator is the semicolon, these begin a cell.
    ["x;=1+cmd|' /C calc'!A0;y", "x;'=1+cmd|' /C calc'!A0;y"],
    ['x\t=1', "x\t'=1"],
    ['x\n =1', "x\n' =1"],
  ])('%j becomes %j', (text, safe) => {
    expect(withoutFormulas(text)).toBe(safe);
  });

  it.each(['a=b', 'a - b', 'x@example.org', "it's", '', ' a', '; a', 'Grüße 🎈', '2026-11-21'])(
    '%j stays as it is',
    (text) => {
      expect(withoutFormulas(text)).toBe(text);
    },
  );

  it('leaves no place where a cell may begin with a sign, and nothing is lost', () => {
    const anyText = fc.oneof(nasty, fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(anyText, (text) => {
        const safe = withoutFormulas(text);
        expect(safe).not.toMatch(/^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u);
        expect(safe).not.toMatch(/^[\t\r\n]/);
        expect(safe).not.toMatch(/[;\t\r\n][^\S\t\r\n]*[=+\-@＝＋－＠]/);
        expect(withFormulas(safe)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no longer than the text is long', () => {
    const begun = performance.now();
    for (const piece of [' ', '\n', ';', "'", '\u200b', '; ']) withoutFormulas(piece.repeat(200_000));
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

/** The way back, as the documentation of withoutFormulas promises it. */
function withFormulas(safe: string): string {
  return safe
    .replace(/(?<=[;\t\r\n])'(?='*[^\S\t\r\n]*[=+\-@＝＋－＠])/g, '')
    .replace(/^'(?='*(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]))/u, '');
}

describe('a file', () => {
  const batches = async function* () {
    yield [{ name: 'Zoë' }, { name: '=1' }];
    yield [{ name: 'two\nlines' }];
  };
  const write = async (format: Parameters<typeof writeRows<{ name: string }>>[0], from = batches()) => {
    const [pieces, counts]: [string[], number[]] = [[], []];
    await writeRows(
      format,
      from,
      async (text) => void pieces.push(String(text)),
      (rows) => void counts.push(rows),
    );
    return { pieces, counts };
  };
  const empty = async function* (): AsyncGenerator<{ name: string }[]> {};

  it('is written batch by batch; a CSV begins with its mark and its head, an empty one too', async () => {
    const format = csvFormat<{ name: string }>({ name: (row) => row.name });
    expect(await write(format)).toEqual({
      pieces: [`${CSV_BOM}name\r\nZoë\r\n'=1\r\n`, '"two\nlines"\r\n'],
      counts: [2, 1],
    });
    expect(Buffer.from(CSV_BOM)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(await write(format, empty())).toEqual({ pieces: [`${CSV_BOM}name\r\n`], counts: [] });
  });

  it('has a JSON document on each line, with its texts as they are', async () => {
    const format = ndjsonFormat<{ name: string }>((row) => ({ ...row }));
    const { pieces } = await write(format);
    expect(pieces.join('')).toBe('{"name":"Zoë"}\n{"name":"=1"}\n{"name":"two\\nlines"}\n');
    expect(await write(format, empty())).toEqual({ pieces: [], counts: [] });
  });

  it('has a name that needs no quoting anywhere', () => {
    expect(exportFileName('consent-history', 'csv', new Date('2026-11-21T09:00:00.123Z'))).toBe(
      'consent-history-20261121T090000Z.csv',
    );
  });

  it('is of a format that is known', () => {
    expect(exportFormat('ndjson')).toBe('ndjson');
    expect(() => exportFormat('xlsx')).toThrow('format: "xlsx" is not allowed: use one of csv, ndjson');
    expect(() => exportFormat(undefined)).toThrow('format: none is given: use one of csv, ndjson');
  });
});
