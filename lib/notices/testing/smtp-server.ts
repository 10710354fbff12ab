import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { createMailer } from '@/lib/platform/mail/create-mailer';
import type { Mailer } from '@/lib/platform/mail/mailer';

export interface TakenMail {
  to: string;
  messageId: string;
  text: string;
}

/** A mail server on this machine that keeps what it takes, and refuses the addresses it is told to, each with its code. */
export async function startSmtpServer() {
  const taken: TakenMail[] = [];
  const refuse = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      const responseCode = refuse.get(address);
      if (responseCode === undefined) done();
      else done(Object.assign(new Error('no mail here'), { responseCode }));
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const messageId = /^Message-ID: (.*)\r$/m.exec(text)?.[1] ?? '';
        taken.push({ to: envelope.rcptTo.map(({ address }) => address).join(), messageId, text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mailer: Mailer = createMailer({
    LAPSE_DATA_DIR: '/nowhere',
    SMTP_URL: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    MAIL_FROM: 'Lapse <lapse@example.org>',
  });
  return {
    mailer,
    taken,
    refuse,
    /** How many mails each address took. */
    counts() {
      const counts: Record<string, number> = {};
      for (const { to } of taken) counts[to] = (counts[to] ?? 0) + 1;
      return counts;
    },
    async stop() {
      await mailer.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type TestSmtpServer = Awaited<ReturnType<typeof startSmtpServer>>;
