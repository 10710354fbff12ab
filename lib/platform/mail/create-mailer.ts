import path from 'node:path';
import type { Env } from '../env';
import { FolderMailer } from './folder-mailer';
import type { Mailer } from './mailer';
import { SmtpMailer } from './smtp-mailer';

/** SMTP when SMTP_URL is set, else files in the folder `mail` in LAPSE_DATA_DIR. Connects at the first mail. */
export function createMailer(env: Pick<Env, 'LAPSE_DATA_DIR' | 'SMTP_URL' | 'MAIL_FROM'>): Mailer {
  if (env.SMTP_URL) return new SmtpMailer({ url: env.SMTP_URL, from: env.MAIL_FROM });
  return new FolderMailer({ folder: path.join(env.LAPSE_DATA_DIR, 'mail'), from: env.MAIL_FROM });
}
