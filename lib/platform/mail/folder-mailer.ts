import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { type Clock, systemClock } from '../clock';
import { compose } from './compose';
import { MailError, type Mailer, type MailMessage } from './mailer';

/** Keeps each mail as an .eml file, which every mail program opens. For machines without an SMTP server. */
export class FolderMailer implements Mailer {
  readonly kind = 'folder';
  readonly #folder: string;
  readonly #from: string;
  readonly #clock: Clock;
  readonly #transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(options: { folder: string; from: string; clock?: Clock }) {
    this.#folder = path.resolve(options.folder);
    this.#from = options.from;
    this.#clock = options.clock ?? systemClock;
  }

  describe(): string {
    return `files in the folder ${this.#folder} (no mail leaves this machine)`;
  }

  async send(message: MailMessage): Promise<{ id: string }> {
    const date = this.#clock.now();
    const mail = compose(this.#from, message);
    const { message: eml } = await this.#transport.sendMail({ ...mail, date });
    // The names sort by time; whoever reads the folder never meets a half-written mail under its final name.
    const name = `${date.toISOString().replaceAll(':', '-')}-${randomUUID().slice(0, 8)}.eml`;
    try {
      // Mails hold names and addresses: for this user only.
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const draft = path.join(this.#folder, `.${name}.draft`);
      await writeFile(draft, eml, { mode: 0o600, flush: true });
      await rename(draft, path.join(this.#folder, name));
    } catch (error) {
      throw new MailError('later', `The mail cannot be written to ${this.#folder}: ${String(error)}`, {
        cause: error,
      });
    }
    return { id: mail.messageId };
  }

  async close(): Promise<void> {}
}
