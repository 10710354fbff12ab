import { createTransport } from 'nodemailer';
import { compose } from './compose';
import { MailError, type MailErrorKind, type Mailer, type MailMessage } from './mailer';

const CONNECTIONS = 3;
const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** Hands mails to an SMTP server over a few connections that stay open between mails. */
export class SmtpMailer implements Mailer {
  readonly kind = 'smtp';
  readonly #url: URL;
  readonly #from: string;
  readonly #transport: ReturnType<typeof createPool>;

  /** `url`: `smtp://user:password@host:587` or `smtps://host`. Throws an Error, without the password in it. */
  constructor(options: { url: string; from: string; timeoutMs?: number }) {
    this.#url = parseSmtpUrl(options.url);
    this.#from = options.from;
    this.#transport = createPool(this.#url, options.timeoutMs ?? ANSWER_TIMEOUT_MS);
  }

  describe(): string {
    return `the SMTP server ${this.#url.host}`;
  }

  async send(message: MailMessage): Promise<{ id: string }> {
    const mail = compose(this.#from, message);
    try {
      await this.#transport.sendMail(mail);
    } catch (error) {
      throw smtpError(message.to, error);
    }
    return { id: mail.messageId };
  }

  async close(): Promise<void> {
    this.#transport.close();
  }
}

function createPool(url: URL, timeoutMs: number) {
  const user = decodeURIComponent(url.username);
  return createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    secure: url.protocol === 'smtps:',
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
}

function parseSmtpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && (url.protocol === 'smtp:' || url.protocol === 'smtps:') && url.hostname !== '') return url;
  throw new Error(
    'SMTP_URL must look like smtp://user:password@host:587 or smtps://host (its value is not shown here).',
  );
}

interface ErrorOfSmtp {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
  message?: string;
}

/** What the server said decides: 5xx is for good, 4xx and no answer are worth another try (RFC 5321, 4.2.1). */
function smtpError(to: string, thrown: unknown): MailError {
  const error = (thrown ?? {}) as ErrorOfSmtp;
  const { kind, retryable } = kindOf(error);
  const said = error.response ?? error.message ?? 'no reason given';
  return new MailError(kind, `The mail to ${to} was not accepted: ${said}`, { cause: thrown, retryable });
}

function kindOf({ code, command, message, responseCode = 0 }: ErrorOfSmtp): {
  kind: MailErrorKind;
  retryable: boolean;
} {
  if (responseCode >= 400 && responseCode < 500) return { kind: 'later', retryable: true };
  if (code === 'EAUTH' || code === 'ENOAUTH') return { kind: 'refused', retryable: false };
  if (command === 'RCPT TO' && responseCode >= 500) return { kind: 'bad-address', retryable: false };
  if (responseCode >= 500) return { kind: 'refused', retryable: false };
  if (code === 'EENVELOPE' && message?.startsWith('Invalid sender')) {
    return { kind: 'misconfigured', retryable: false };
  }
  if (code === 'EENVELOPE') return { kind: 'bad-address', retryable: false };
  if (code === 'EMESSAGE' || code === 'ESTREAM') return { kind: 'misconfigured', retryable: false };
  return { kind: 'later', retryable: true };
}
