import { v7 } from 'uuid';

/** A new time-ordered id (RFC 9562, version 7): rows made later sort later, which keeps index inserts at one end. */
export const newId = (): string => v7();
