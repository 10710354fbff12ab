import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMailer } from './create-mailer';
import type { Mailer, MailMessage } from './mailer';
import { SmtpMailer } from './smtp-mailer';

const FROM = 'Lapse <lapse@example.org>';

const messageTo = (to: string, more: Partial<MailMessage> = {}): MailMessage => ({
  to,
  subject: 'Files of “Tiefsee” will be deleted',
  text: 'In 14 days.\n',
  html: '<p>In 14 days.</p>',
  ...more,
});

const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

describe('mail over SMTP', () => {
  let server: SMTPServer;
  let mailer: Mailer;
  let url: string;
  let received: { to: string[]; from: string; text: string }[];
  let connections = 0;
  let sick: 'no' | 'data-554' | 'hang-up' | 'silent' = 'no';

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onConnect(_session, done) {
        connections += 1;
        done();
      },
      onAuth({ username, password }, _session, done) {
        if (username === 'lapse' && password === 'p@ss word') done(null, { user: username });
        else done(new Error('wrong password'));
      },
      onRcptTo({ address }, _session, done) {
        if (address.startsWith('nobody@')) done(refusal(550, 'No such user here'));
        else if (address.startsWith('full@')) done(refusal(451, 'Try again later'));
        else done();
      },
      onData(stream, session, done) {
        let text = '';
        stream.on('data', (chunk: Buffer) => {
          text += chunk;
        });
        stream.on('end', () => {
          if (sick === 'hang-up') for (const connection of server.connections) connection.close();
          else if (sick === 'data-554') done(refusal(554, 'Looks like spam'));
          else if (sick === 'no') {
            const { mailFrom, rcptTo } = session.envelope;
            const to = rcptTo.map(({ address }) => address);
            received.push({ to, from: mailFrom ? mailFrom.address : '', text });
            done();
          }
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    mailer = createMailer({ LAPSE_DATA_DIR: '/nowhere', SMTP_URL: url, MAIL_FROM: FROM });
  });
  beforeEach(() => {
    received = [];
    sick = 'no';
  });
  afterAll(async () => {
    await mailer.close();
    await new Promise<void>((resolve) => server.close(resolve));
  });

  it('hands over text, HTML, headers and a Message-ID of one’s own', async () => {
    const message = messageTo('Ada <ada@example.org>', {
      messageId: '<notice-7@lapse.example.org>',
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    expect(await mailer.send(message)).toEqual({ id: '<notice-7@lapse.example.org>' });
    expect(received).toMatchObject([{ to: ['ada@example.org'], from: 'lapse@example.org' }]);
    const text = received[0]!.text;
    expect(text).toMatch(/^Message-ID: <notice-7@lapse\.example\.org>$/m);
    expect(text).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(text).toMatch(/^To: Ada <ada@example\.org>$/m);
    expect(text).toContain('<p>In 14 days.</p>');
  });

  it('E16 one bad address does not stop the rest, and is not worth another try', async () => {
    const people = ['ada@example.org', 'nobody@example.org', 'bob@example.org'];
    const results = await Promise.allSettled(people.map((to) => mailer.send(messageTo(to))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({
      reason: {
        name: 'MailError',
        kind: 'bad-address',
        retryable: false,
        message: expect.stringContaining('550'),
      },
    });
    expect(received.flatMap(({ to }) => to).sort()).toEqual(['ada@example.org', 'bob@example.org']);
  });

  it('E16 a temporary failure is worth another try', async () => {
    await expect(mailer.send(messageTo('full@example.org'))).rejects.toMatchObject({
      kind: 'later',
      retryable: true,
      message: expect.stringContaining('451'),
    });
  });

  it('tells a refused mail from a refused address', async () => {
    sick = 'data-554';
    await expect(mailer.send(messageTo('ada@example.org'))).rejects.toMatchObject({
      kind: 'refused',
      retryable: false,
    });
  });

  it('takes no answer for something to try again, and goes on afterwards', async () => {
    const patient = new SmtpMailer({ url, from: FROM, timeoutMs: 300 });
    for (sick of ['hang-up', 'silent'] as const) {
      await expect(patient.send(messageTo('ada@example.org'))).rejects.toMatchObject({
        kind: 'later',
        retryable: true,
      });
    }
    sick = 'no';
    await patient.send(messageTo('ada@example.org'));
    await patient.close();
    const dead = new SmtpMailer({ url: 'smtp://127.0.0.1:9', from: FROM, timeoutMs: 300 });
    await expect(dead.send(messageTo('ada@example.org'))).rejects.toMatchObject({ kind: 'later' });
    await dead.close();
  });

  it('signs in with what the URL says, and shows the password to nobody', async () => {
    const host = url.slice('smtp://'.length);
    const right = new SmtpMailer({ url: `smtp://lapse:p%40ss%20word@${host}`, from: FROM });
    await right.send(messageTo('ada@example.org'));
    expect(right.describe()).toBe(`the SMTP server ${host}`);
    const wrong = new SmtpMailer({ url: `smtp://lapse:guess@${host}`, from: FROM });
    await expect(wrong.send(messageTo('ada@example.org'))).rejects.toMatchObject({
      kind: 'refused',
      retryable: false,
    });
    expect(() => new SmtpMailer({ url: 'lapse:secret@host', from: FROM })).toThrow(/^(?!.*secret).*SMTP_URL/);
    await Promise.all([right.close(), wrong.close()]);
  });

  it.each([
    ['"Lovelace, Ada" <ada@example.org>', /^To: "Lovelace, Ada" <ada@example\.org>$/m],
    ['Ada Lovelace <ada+lapse@mail.example.org>', /^To: Ada Lovelace <ada\+lapse@mail\.example\.org>$/m],
    ['<ada@example.org>', /^To: ada@example\.org$/m],
  ])('takes %s', async (to, header) => {
    await mailer.send(messageTo(to));
    expect(received[0]!.text).toMatch(header);
  });

  it('keeps its connections between mails', async () => {
    await mailer.send(messageTo('ada@example.org'));
    const before = connections;
    for (let count = 0; count < 5; count++) await mailer.send(messageTo('ada@example.org'));
    expect(connections).toBe(before);
    expect(received).toHaveLength(6);
  });

  it.each([
    'ada@example.org, eve@example.org',
    'ada@example.org\r\nBcc: eve@example.org',
    'ada',
    '',
    'Team: ada@example.org, eve@example.org;',
    'a b@example.org',
    'ada@example.org <eve@example.org',
    'Ada <ada@example.org> <eve@example.org>',
  ])('refuses %j, which is not one address', async (to) => {
    await expect(mailer.send(messageTo(to))).rejects.toMatchObject({ kind: 'bad-address', retryable: false });
    expect(received).toEqual([]);
  });

  it('lets no line end into a header', async () => {
    for (const more of [
      { subject: 'a\r\nBcc: eve@example.org' },
      { messageId: '<a>\nX: y' },
      { headers: { 'X-A': 'b\nBcc: eve@example.org' } },
    ]) {
      const sent = mailer.send(messageTo('ada@example.org', more));
      await expect(sent).rejects.toMatchObject({ kind: 'misconfigured', retryable: false });
    }
  });
});
