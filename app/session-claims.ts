/** How long a session lasts, in seconds: a working day. It is not prolonged by use. */
export const SESSION_SECONDS = 12 * 60 * 60;

/** What the sealed cookie says, and all that it says. */
export type SessionClaims = {
  /** The person's id. */
  sub: string;
  /**
   * When the person signed in, in milliseconds since 1970. The standard claim `iat` counts seconds, and moves whenever the
   * cookie is renewed: neither would tell a session from one that was ended in the same second.
   */
  issuedAtMs: number;
};

export interface ClaimedSession {
  personId: number;
  issuedAt: Date;
}

export const newClaims = (personId: number | string, now: Date): SessionClaims => ({
  sub: String(personId),
  issuedAtMs: now.getTime(),
});

/** The session of a cookie; null when it is none of ours or is over. Whether it still counts, the database says. */
export function readClaims(token: Record<string, unknown>, now: Date): ClaimedSession | null {
  const { sub, issuedAtMs } = token;
  const personId = Number(sub);
  if (!Number.isSafeInteger(personId) || personId < 1) return null;
  if (typeof issuedAtMs !== 'number' || !Number.isSafeInteger(issuedAtMs)) return null;
  if (now.getTime() - issuedAtMs >= SESSION_SECONDS * 1000) return null;
  return { personId, issuedAt: new Date(issuedAtMs) };
}
