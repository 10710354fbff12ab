import type { Mailer } from '@/lib/platform/mail/mailer';
import { Callout } from '../ui/callout';

/** Says where mails go when there is no mail server; nothing when there is one. */
export function MailFolderNote({ mailer }: { mailer: Pick<Mailer, 'kind' | 'describe'> }) {
  if (mailer.kind !== 'folder') return null;
  return (
    <Callout kind="warning" title="Mails do not leave this machine">
      No mail server is configured (SMTP_URL), so notices become {mailer.describe()}. They count as sent:
      whoever runs this must hand them on.
    </Callout>
  );
}
