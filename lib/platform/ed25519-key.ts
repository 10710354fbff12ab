import { createPrivateKey, type KeyObject } from 'node:crypto';

const HOW = 'an Ed25519 private key as PEM, such as `openssl genpkey -algorithm ed25519` prints';

/** Reads a private key in PEM (PKCS #8). Throws an Error that says what is allowed, and never the key. */
export function readEd25519Key(pem: string): KeyObject {
  let key: KeyObject;
  try {
    // Environments often hold only one line: '\n' written out stands for a new one.
    key = createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    throw new Error(`it cannot be read: it must be ${HOW}`);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`it is of type ${key.asymmetricKeyType}: it must be ${HOW}`);
  }
  return key;
}
