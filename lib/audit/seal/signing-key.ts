import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** An Ed25519 key that signs statements of the audit log. */
export interface SigningKey {
  /** The first 16 hex digits of the SHA-256 of the public key (SPKI, DER). */
  id: string;
  /** SPKI, DER. */
  publicKey: Buffer;
  sign(text: string): Buffer;
}

const HOW = 'an Ed25519 private key as PEM, such as `openssl genpkey -algorithm ed25519` prints';

/** Reads a private key in PEM (PKCS #8). Throws an Error that says what is allowed, and never the key. */
export function readSigningKey(pem: string): SigningKey {
  let key: KeyObject;
  try {
    // Environments often hold only one line: '\n' written out stands for a new one.
    key = createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    throw new Error(`The signing key of the audit log cannot be read: it must be ${HOW}.`);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(
      `The signing key of the audit log is of type ${key.asymmetricKeyType}: it must be ${HOW}.`,
    );
  }
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
