import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;
/** It tells people, and programs that look for leaked secrets, what they have found. */
const MARK = 'lapse_';
/** Characters after the mark that are kept to recognise a token by: 36 of its 256 bits. */
const SHOWN = 6;
const SHAPE = /^lapse_[\w-]{43}$/;

export interface TokenSecret {
  /** What the machine sends; shown once and never stored. */
  secret: string;
  prefix: string;
  hash: string;
}

export function newTokenSecret(): TokenSecret {
  const secret = MARK + randomBytes(BYTES).toString('base64url');
  return { secret, prefix: secret.slice(0, MARK.length + SHOWN), hash: hashOfToken(secret) };
}

/** SHA-256 in hex. A slow hash is for what people choose; nobody guesses 256 random bits. */
export const hashOfToken = (secret: string) => createHash('sha256').update(secret).digest('hex');

/** Whether the text could be a token at all, so that nonsense does not reach the database. */
export const looksLikeToken = (text: string) => SHAPE.test(text);
