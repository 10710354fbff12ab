import type { Problem } from './chain';

/** Each segment was compared with its own checkpoint, so that equal numbers mean that none is missing or made up. */
export function compareCounts(checkpoints: number, segments: number): Problem[] {
  if (checkpoints === segments) return [];
  const words =
    segments < checkpoints
      ? `${checkpoints - segments} segments are gone, though checkpoints name them.`
      : `${segments - checkpoints} segments stand in no checkpoint that can be believed.`;
  return [{ kind: 'segment', words }];
}
