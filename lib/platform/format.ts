const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** Bytes in decimal units, as object stores bill them: 999 is '999 B', 2_100_000_000 is '2.1 GB'. null: 'unknown'. */
export function formatBytes(bytes: number | bigint | null): string {
  if (bytes === null) return 'unknown';
  let value = Number(bytes);
  let unit = 0;
  // 999.95 would be written '1000.0', so it moves on to the next unit as well.
  while (Math.abs(value) >= (unit === 0 ? 1000 : 999.95) && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

const numbers = new Intl.NumberFormat('en-GB');

/** A whole number with thousands separated: '12,345'. */
export function formatNumber(value: number | bigint): string {
  return numbers.format(value);
}

const limits = new Intl.NumberFormat('en-GB', { useGrouping: 'min2' });

/** A number that somebody may have to type: '3653' as it is, but what is long with thousands separated, '2,147,483,647'. */
export function formatLimit(value: number): string {
  return limits.format(value);
}

/** '1 submission', '2,100 submissions'; give the plural where it is not the singular with an s. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(count)} ${count === 1 ? singular : plural}`;
}

/** A share from 0 to 1 as '42%'; what is more than nothing and less than 1% is '<1%', and only all is '100%'. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '<1%';
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100}%`;
}

/** '3 files, 2.1 GB and 1 of unknown size': how much it is, and how many files the sum of bytes leaves out. */
export function sayFiles(sum: { files: number; bytes: number; filesOfUnknownSize: number }): string {
  const unknown =
    sum.filesOfUnknownSize > 0 ? ` and ${formatNumber(sum.filesOfUnknownSize)} of unknown size` : '';
  return `${formatCount(sum.files, 'file')}, ${formatBytes(sum.bytes)}${unknown}`;
}
