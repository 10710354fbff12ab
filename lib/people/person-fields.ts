import { z } from 'zod';
import { role } from '@/db/schema/people';
import { requiredText } from '@/lib/platform/fields';

/** What can be typed to sign in: it stands in audit events and commands, so it has no spaces and no capitals. */
export const usernameField = z
  .string('give a user name')
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'use 1 to 64 letters a to z, digits, dots, dashes and underscores, beginning with a letter or a digit',
  );

export const emailField = z
  .string('give an e-mail address')
  .trim()
  .toLowerCase()
  .max(320, 'use at most 320 characters')
  .pipe(z.email('this is no e-mail address'));

export const displayNameField = requiredText('a name', 200);

export const roleField = z.enum(role.enumValues, `use one of ${role.enumValues.join(', ')}`);

/** Length is what makes a password strong (NIST SP 800-63B); argon2 reads all of it, so it has an end. */
export const passwordField = z
  .string('give a password')
  .min(12, 'a password needs at least 12 characters')
  .max(1024, 'a password has 1024 characters at the most')
  .refine((value) => !value.includes('\0'), 'a NUL byte is not allowed');

export const timeZoneField = z.string('give a time zone').refine((zone) => {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, 'use an IANA name such as Europe/Zurich');
