import { isSignedBy, keyId } from '../seal/signing-key';
import { type ChainLink, hashOf, keyClaim, readStatement, type Statement } from '../seal/statement';

/** What is wrong, and where; `words` are for people. */
export interface Problem {
  kind:
    | 'chain' // a statement is missing, out of order, or not what was signed
    | 'key' // a key that nobody endorsed, or that is not the expected one
    | 'segment' // a segment is not what its checkpoint says
    | 'altered' // an event is not what was sealed, or was never sealed
    | 'missing'; // a sealed event is gone and no prune covers it
  words: string;
}

export interface KnownKey {
  id: string;
  /** The sequence number of the statement that introduced it. */
  since: number;
  /** By the key before; the first key has nobody. */
  isEndorsed: boolean;
}

export interface TrustedKeys {
  /** The id of the first key, as it was noted down elsewhere; null or nothing trusts the first one that is there. */
  expectedKey?: string | null;
  /** The ids of keys that nobody endorsed, and that are no finding since whoever verifies says whose they are. */
  acceptedKeys?: ReadonlySet<string>;
}

/**
 * Checks the chain link by link, in order (B4): no number missing, each names the hash of the one before, each is signed by
 * the key in force, and each new key is endorsed by the key before. Knows only the statements, so it needs no database.
 */
export class ChainVerifier {
  readonly problems: Problem[] = [];
  readonly keys: KnownKey[] = [];
  #publicKey: Buffer | null = null;
  #last: { sequence: number; hash: string } | null = null;
  readonly #expected: string | null;
  readonly #accepted: ReadonlySet<string>;

  constructor({ expectedKey = null, acceptedKeys = new Set() }: TrustedKeys = {}) {
    this.#expected = expectedKey;
    this.#accepted = acceptedKeys;
  }

  get length(): number {
    return this.#last?.sequence ?? 0;
  }

  /**
   * Goes on at `next` though the statements before it are not at hand, as in a folder of archives. What it says of the one
   * before it cannot be checked then.
   */
  skipTo(next: ChainLink): void {
    const previous = readStatement(next.body)?.previous ?? null;
    this.#last = previous === null ? null : { sequence: next.sequence - 1, hash: previous };
  }

  /** Reads the next link; null when it says nothing that can be believed. */
  add(link: ChainLink): Statement | null {
    const statement = readStatement(link.body);
    if (!statement) {
      this.#complain('chain', `Statement ${link.sequence} is not written as statements are.`);
      this.#last = { sequence: link.sequence, hash: hashOf(link.body).toString('hex') };
      return null;
    }
    this.#checkPlace(link, statement);
    if (statement.kind === 'key') this.#introduce(statement);
    const signed =
      this.#publicKey !== null &&
      statement.keyId === keyId(this.#publicKey) &&
      isSignedBy(this.#publicKey, link.body, link.signature);
    if (!signed) {
      this.#complain('chain', `Statement ${statement.sequence} is not signed by the key in force.`);
    }
    this.#last = { sequence: statement.sequence, hash: hashOf(link.body).toString('hex') };
    return signed ? statement : null;
  }

  #checkPlace(link: ChainLink, { sequence, previous }: Statement): void {
    const wanted = this.length + 1;
    if (sequence !== wanted || link.sequence !== sequence) {
      this.#complain('chain', `Statement ${wanted} is missing: ${sequence} comes in its place.`);
    } else if (previous !== (this.#last?.hash ?? null)) {
      this.#complain('chain', `Statement ${sequence} does not follow from the one before it.`);
    }
  }

  #introduce({ publicKey, endorsement, sequence }: Extract<Statement, { kind: 'key' }>): void {
    const bytes = Buffer.from(publicKey, 'base64');
    const isEndorsed =
      this.#publicKey !== null &&
      endorsement !== null &&
      isSignedBy(this.#publicKey, keyClaim(publicKey), Buffer.from(endorsement, 'base64'));
    const id = keyId(bytes);
    if (this.#publicKey === null && this.#expected !== null && id !== this.#expected) {
      this.#complain('key', `The chain begins with the key ${id}, not with ${this.#expected}.`);
    }
    if (this.#publicKey !== null && !isEndorsed && !this.#accepted.has(id)) {
      this.#complain(
        'key',
        `The key ${id}, from statement ${sequence} on, was not endorsed by the key before it. If it is yours, say so with LAPSE_AUDIT_ACCEPTED_KEYS=${id}.`,
      );
    }
    this.#publicKey = bytes;
    this.keys.push({ id, since: sequence, isEndorsed });
  }

  #complain(kind: Problem['kind'], words: string): void {
    this.problems.push({ kind, words });
  }
}
