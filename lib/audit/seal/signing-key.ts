import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { readEd25519Key } from '@/lib/platform/ed25519-key';

/** An Ed25519 key that signs statements of the audit log. */
export interface SigningKey {
  /** The first 16 hex digits of the SHA-256 of the public key (SPKI, DER). */
  id: string;
  /** SPKI, DER. */
  publicKey: Buffer;
  sign(text: string): Buffer;
}

/** Reads a private key in PEM (PKCS #8). Throws an Error that says what is allowed, and never the key. */
export function readSigningKey(pem: string): SigningKey {
  const key = readEd25519Key(pem);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return { id: keyId(publicKey), publicKey, sign: (text) => sign(null, Buffer.from(text, 'utf8'), key) };
}

/** A new private key, as PEM. */
export function makeSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export const keyId = (publicKey: Uint8Array): string =>
  createHash('sha256').update(publicKey).digest('hex').slice(0, 16);

/** Whether `signature` is of `text` by the owner of `publicKey` (SPKI, DER); false as well for what is no such key. */
export function isSignedBy(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text, 'utf8'), key, signature);
  } catch {
    return false;
  }
}
