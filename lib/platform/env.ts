import path from 'node:path';
import { z } from 'zod';
import { auditRetentionVariables } from './audit-retention-variables';
import { readProxies } from './client-address';
import { readEd25519Key } from './ed25519-key';
import { isLogEnvironment } from './log-store/log-environment';
import { publicDataVariables } from './public-data-variables';
import { whyNotLocalFolder } from './storage/local-folder';
import { STORAGE_CLASSES, type StorageClass } from './storage/object-storage';

const optionalText = z
  .string()
  .trim()
  .transform((value) => (value === '' ? undefined : value))
  .optional();

const flag = z
  .enum(['', '0', '1', 'true', 'false', 'on', 'off'], 'use one of 1, 0, true, false, on, off')
  .transform((value) => value === '1' || value === 'true' || value === 'on')
  .default(false);

const logBackend = z
  .enum(['', 'folder', 'cloudwatch', 'off'], 'use one of folder, cloudwatch, off')
  .transform((value) => (value === '' ? 'folder' : value))
  .default('folder');

const storageClass = optionalText
  .transform((value) => value?.toUpperCase())
  .refine(
    (value): value is StorageClass | undefined =>
      value === undefined || STORAGE_CLASSES.some((known) => known === value),
    {
      error: ({ input }) =>
        input === 'GLACIER' || input === 'DEEP_ARCHIVE'
          ? `objects of this class cannot be read before they are restored, which takes hours: archives in it could be neither verified nor searched. Use one of ${STORAGE_CLASSES.join(', ')}`
          : `use one of ${STORAGE_CLASSES.join(', ')}`,
    },
  );

/** A text that is read here as well, so that a mistake in it stops the start and not the first request or job. */
const readable = (read: (text: string) => unknown) =>
  optionalText.superRefine((text, context) => {
    try {
      if (text !== undefined) read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

const variables = z.object({
  /** Where Lapse keeps what it makes itself: the embedded database, local objects, generated secrets, undelivered mail. */
  LAPSE_DATA_DIR: optionalText.transform((value) =>
    path.resolve(/* turbopackIgnore: true */ value ?? '.lapse'),
  ),
  /** The demo: its accounts stand on the sign-in page, and every page says that the data is invented. */
  LAPSE_DEMO: flag,
  DATABASE_URL: optionalText,
  /** The role that owns the tables, for migrations and partitions; the same as DATABASE_URL when not set. */
  DATABASE_OWNER_URL: optionalText,
  NEXTAUTH_URL: optionalText,
  NEXTAUTH_SECRET: optionalText,
  /** Whose `x-forwarded-for` is believed; see lib/platform/client-address. */
  LAPSE_TRUSTED_PROXIES: readable(readProxies),
  /** The Ed25519 key (PEM) that signs the checkpoints of the audit log, and the one before it while a key is replaced. */
  LAPSE_AUDIT_SIGNING_KEY: readable(readEd25519Key),
  LAPSE_AUDIT_PREVIOUS_SIGNING_KEY: readable(readEd25519Key),
  /** Ids of such keys that nobody signed for, as the one before them was lost; see lib/audit/seal/append-statement. */
  LAPSE_AUDIT_ACCEPTED_KEYS: z
    .string()
    .regex(
      /^[\s,]*([0-9a-f]{16}([\s,]+|$))*$/,
      'use ids of keys, of 16 digits from 0 to f, with commas between them',
    )
    .transform((text) => text.match(/[0-9a-f]{16}/g) ?? [])
    .default([]),
  ...auditRetentionVariables,
  ...publicDataVariables,
  /** The storage class of S3 for monthly archives of audit events; the bucket's own when not set. */
  LAPSE_AUDIT_COLD_STORAGE_CLASS: storageClass,
  OIDC_ISSUER: optionalText,
  OIDC_CLIENT_ID: optionalText,
  OIDC_CLIENT_SECRET: optionalText,
  OIDC_NAME: optionalText.transform((value) => value ?? 'single sign-on'),
  /** Names, with commas between, by which others call the store of Lapse, besides its own; see storage/held-buckets. */
  LAPSE_BUCKET_NAMES: z
    .string()
    .optional()
    .transform((names) =>
      (names ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
  /** Where files of the platform's own disk lie, for anonymous data; see storage/routed-storage. */
  LAPSE_LOCAL_FILES_DIR: optionalText.transform((value) =>
    value === undefined ? undefined : path.resolve(/* turbopackIgnore: true */ value),
  ),
  S3_BUCKET: optionalText,
  S3_REGION: optionalText,
  S3_ENDPOINT: optionalText,
  S3_ACCESS_KEY_ID: optionalText,
  S3_SECRET_ACCESS_KEY: optionalText,
  S3_FORCE_PATH_STYLE: flag,
  /** Where the platform's workers log: a folder in LAPSE_DATA_DIR, CloudWatch Logs, or nowhere that Lapse minds. */
  LAPSE_LOG_BACKEND: logBackend,
  /** Whose workers; it stands in the names of log groups: challenge-pk-7-production-workers. */
  LAPSE_LOG_ENVIRONMENT: optionalText
    .transform((value) => value ?? 'production')
    .refine(isLogEnvironment, 'use 1 to 63 letters, digits, hyphens and underscores'),
  CLOUDWATCH_REGION: optionalText,
  CLOUDWATCH_ENDPOINT: optionalText.refine(
    (value) => value === undefined || (/^https?:\/\//.test(value) && URL.canParse(value)),
    'use an address that begins with http:// or https://',
  ),
  CLOUDWATCH_ACCESS_KEY_ID: optionalText,
  CLOUDWATCH_SECRET_ACCESS_KEY: optionalText,
  SMTP_URL: optionalText,
  MAIL_FROM: optionalText.transform((value) => value ?? 'Lapse <lapse@localhost>'),
  INNGEST_BASE_URL: optionalText,
  INNGEST_EVENT_KEY: optionalText,
  INNGEST_SIGNING_KEY: optionalText,
});

const schema = variables.superRefine(({ LAPSE_DATA_DIR, LAPSE_LOCAL_FILES_DIR }, context) => {
  const why = LAPSE_LOCAL_FILES_DIR && whyNotLocalFolder(LAPSE_LOCAL_FILES_DIR, LAPSE_DATA_DIR);
  if (why) {
    context.addIssue({
      code: 'custom',
      path: ['LAPSE_LOCAL_FILES_DIR'],
      message: `${why}: name the folder of the platform’s own files, apart from what is Lapse’s`,
    });
  }
});

export type Env = z.output<typeof schema>;

/** The provider of single sign-on with what it knows us by; null while it is not set up, which takes all of them. */
export function singleSignOn(env: Env) {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = env;
  if (!issuer || !clientId || !clientSecret) return null;
  return { issuer, clientId, clientSecret, name: env.OIDC_NAME };
}

/** What a message does not repeat, since it may end in a log. */
const SECRET = /(KEY|SECRET)$/;

/** Reads and checks the environment; throws an Error that names every wrong variable and what is allowed. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const result = schema.safeParse(source);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path: [name = ''], message }) => {
    const value = SECRET.test(String(name)) ? '...' : source[String(name)];
    return `  ${String(name)}=${value}: ${message}`;
  });
  throw new Error(`The environment is not right:\n${lines.join('\n')}`);
}
