import { one } from './table-url';

/** An id in the address, with or without '#'; anything that cannot be one is as good as none. */
export function wholeNumberParam(
  param: string | string[] | undefined,
  max = 2_147_483_647,
): number | undefined {
  const text = one(param);
  if (text === undefined || !/^#?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text.replace('#', ''));
  return value >= 1 && value <= max ? value : undefined;
}
