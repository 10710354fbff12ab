/** One mail to one person: each recipient is a call of their own, so that one bad address does not stop the rest (E16). */
export interface MailMessage {
  /** One address, with or without a name: `ada@example.org` or `Ada Lovelace <ada@example.org>`. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /**
   * A Message-ID of one's own, `<something@domain>`. The same one on a second attempt lets the receiving side drop the
   * copy, should the first have arrived although its answer got lost.
   */
  messageId?: string;
  headers?: Record<string, string>;
}

export interface Mailer {
  /** 'folder': nothing leaves the machine, mails are files that a person can open. */
  readonly kind: 'smtp' | 'folder';
  /** One line for people: what it is and where, without the password. */
  describe(): string;
  /**
   * Hands the mail over: to the SMTP server, which accepted it for delivery, or to the folder. Throws MailError.
   * `id` is the Message-ID that it went out with.
   */
  send(message: MailMessage): Promise<{ id: string }>;
  /** Ends idle connections, so that the process can end. */
  close(): Promise<void>;
}

/**
 * - bad-address: this recipient will not do (malformed, or refused by the server for good)
 * - refused: the server refuses the mail or us (sign-in, sender, content)
 * - later: the server says to try again (4xx), or there was no answer in time
 * - misconfigured: a mail that can never be built or sent as it is
 */
export type MailErrorKind = 'bad-address' | 'refused' | 'later' | 'misconfigured';

/** A mail that did not go. The message is for people and may be shown; it never holds a secret. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly kind: MailErrorKind;
  /** Whether the same mail may go later without anybody doing anything. */
  readonly retryable: boolean;

  constructor(kind: MailErrorKind, message: string, options?: { cause?: unknown; retryable?: boolean }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.retryable = options?.retryable ?? kind === 'later';
  }
}
