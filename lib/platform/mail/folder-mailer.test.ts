import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../clock';
import { createMailer } from './create-mailer';
import { FolderMailer } from './folder-mailer';

const message = {
  to: 'ada@example.org',
  subject: 'Grüße',
  text: 'In 14 days.\n',
  html: '<p>In 14 days.</p>',
};

describe('mail into a folder', () => {
  let data: string;

  beforeEach(async () => {
    data = await mkdtemp(path.join(os.tmpdir(), 'lapse mail-'));
  });
  afterEach(() => rm(data, { recursive: true, force: true }));

  it('keeps each mail as a file that a mail program opens, for this user only', async () => {
    const mailer = createMailer({
      LAPSE_DATA_DIR: data,
      SMTP_URL: undefined,
      MAIL_FROM: 'Lapse <lapse@example.org>',
    });
    expect(mailer.kind).toBe('folder');
    const { id } = await mailer.send(message);
    expect(id).toMatch(/^<.+@example\.org>$/);
    const folder = path.join(data, 'mail');
    const names = await readdir(folder);
    expect(names).toHaveLength(1);
    const file = path.join(folder, names[0]!);
    const text = await readFile(file, 'utf8');
    expect(text).toContain(`Message-ID: ${id}\r\n`);
    expect(text).toContain('Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=');
    expect(text).toContain('<p>In 14 days.</p>');
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('names the files so that they sort by time, by the clock it was given', async () => {
    const clock = fixedClock('2026-11-30T23:59:59.999Z');
    const mailer = new FolderMailer({ folder: data, from: 'lapse@example.org', clock });
    await mailer.send({ ...message, subject: 'first' });
    clock.set('2026-12-01T00:00:00.000Z');
    await mailer.send({ ...message, subject: 'second' });
    const names = (await readdir(data)).sort();
    expect(names[0]).toMatch(/^2026-11-30T23-59-59\.999Z-.*\.eml$/);
    const texts = await Promise.all(names.map((name) => readFile(path.join(data, name), 'utf8')));
    expect(texts.map((text) => /^Subject: (.*)\r$/m.exec(text)?.[1])).toEqual(['first', 'second']);
    expect(texts[0]).toContain('Date: Mon, 30 Nov 2026 23:59:59 +0000');
  });

  it('E16 throws when the mail cannot be kept, and takes no address that is not one', async () => {
    await writeFile(path.join(data, 'mail'), 'in the way');
    const mailer = createMailer({
      LAPSE_DATA_DIR: data,
      SMTP_URL: undefined,
      MAIL_FROM: 'lapse@example.org',
    });
    await expect(mailer.send(message)).rejects.toMatchObject({ name: 'MailError', retryable: true });
    await expect(mailer.send({ ...message, to: 'a@b, c@d' })).rejects.toMatchObject({ kind: 'bad-address' });
  });
});
