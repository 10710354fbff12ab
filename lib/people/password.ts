import { hash, type Options, verify } from '@node-rs/argon2';

/**
 * argon2id with 19 MiB, 2 passes and 1 lane: the OWASP Password Storage Cheat Sheet's minimum
 * (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id).
 */
const ARGON2ID = 2; // Algorithm.Argon2id is an ambient const enum, which isolated modules cannot read.
const OPTIONS: Options = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The password's hash in PHC string format, with a salt of its own. Takes some 30 ms on purpose. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS);
}

let hashOfNothing: Promise<string> | undefined;

/**
 * Whether the password belongs to the hash. Without a hash (an unknown name, or somebody who comes by single sign-on
 * only) it does the same work and answers no, so that the time taken does not tell which names exist.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  if (passwordHash !== null) return verify(passwordHash, password);
  hashOfNothing ??= hashPassword('no account has this password');
  await verify(await hashOfNothing, password);
  return false;
}
