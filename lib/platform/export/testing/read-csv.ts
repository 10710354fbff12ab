/** Reads records as RFC 4180 writes them, for tests. Throws where the text keeps to something else. */
export function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let [record, at]: [string[], number] = [[], 0];
  while (at < text.length) {
    const quoted = text[at] === '"';
    const pattern = quoted ? /"((?:[^"]|"")*)"(,|\r\n)/y : /([^",\r\n]*)(,|\r\n)/y;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) throw new Error(`no RFC 4180 at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    const [whole, cell = '', end] = found;
    record.push(quoted ? cell.replaceAll('""', '"') : cell);
    at += whole.length;
    if (end === ',') continue;
    records.push(record);
    record = [];
  }
  if (record.length > 0) throw new Error('the last record has no end');
  return records;
}
