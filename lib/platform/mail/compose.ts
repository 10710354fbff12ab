import { randomUUID } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import { MailError, type MailMessage } from './mailer';

/** The form of an address that every server takes: no spaces, quotes or line ends, one @. The server decides the rest. */
const ADDRESS = /[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+/;
const BARE = new RegExp(`^${ADDRESS.source}$`);
const NAMED = new RegExp(`^"?([^"<>\\r\\n\\\\]*?)"? *<(${ADDRESS.source})>$`);

/** One mail in nodemailer's terms, with its Message-ID fixed so that a second attempt carries the same. Throws MailError. */
export function compose(from: string, message: MailMessage): SendMailOptions & { messageId: string } {
  return {
    from,
    to: oneAddress(message.to),
    subject: oneLine('subject', message.subject),
    text: message.text,
    html: message.html,
    messageId: oneLine('Message-ID', message.messageId ?? newMessageId(from)),
    headers: Object.fromEntries(
      Object.entries(message.headers ?? {}).map(([name, value]) => [
        oneLine('name of a header', name),
        oneLine(`header ${name}`, value),
      ]),
    ),
    // Nothing in a mail of ours names a file or an address to fetch; a text that came from outside must not either.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * Exactly one, so that a comma in somebody's address cannot send the mail to a second person. A lenient parser would guess
 * (`a b@example.org` becomes b@example.org), and a guess may be somebody else.
 */
function oneAddress(to: string): { name: string; address: string } {
  if (BARE.test(to)) return { name: '', address: to };
  const [, name = '', address] = NAMED.exec(to) ?? [];
  if (address) return { name: name.trim(), address };
  throw new MailError('bad-address', `${JSON.stringify(to)} is not one mail address.`);
}

/** A line end in a header would start another header. */
function oneLine(what: string, text: string): string {
  if (!/[\r\n\0]/.test(text)) return text;
  throw new MailError('misconfigured', `The ${what} of the mail has more than one line.`);
}

function newMessageId(from: string): string {
  const domain = ADDRESS.exec(from)?.[0].split('@')[1] ?? 'localhost';
  return `<${randomUUID()}@${domain}>`;
}
