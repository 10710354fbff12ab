import { heldStreams, keptByHold } from '../limits/kept-by-hold';
import type { Keeps } from './expire-archive';

/** A hold on any of its streams keeps the whole archive (L3), as the database itself does. */
export const keptByHolds: Keeps = async (db, { streams }) => {
  const held = new Set(await heldStreams(db));
  const stream = streams?.find((name) => held.has(name));
  if (stream === undefined) return null;
  const hold = await keptByHold(db, stream);
  return hold && `A hold on the stream ${stream} keeps it: ${hold.matter}.`;
};
