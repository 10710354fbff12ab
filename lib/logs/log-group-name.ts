/** How the platform names the log group of a challenge's workers (E13). */
export const logGroupName = (challengeId: number, environment: string): string =>
  `${LOG_GROUP_PREFIX}${challengeId}-${environment}-workers`;

/** What the names of all of them begin with. */
export const LOG_GROUP_PREFIX = 'challenge-pk-';
