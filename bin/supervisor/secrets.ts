import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { StartFailure } from './failure';
import { readJson, writePrivateJson } from './private-file';

const NAMES = ['NEXTAUTH_SECRET', 'INNGEST_SIGNING_KEY', 'LAPSE_AUDIT_SIGNING_KEY'] as const;
type Name = (typeof NAMES)[number];

export interface Secrets extends Record<Name, string> {
  /** What our own runner accepts events with; the operator's, where a real Inngest is used. */
  INNGEST_EVENT_KEY: string;
}

/** Characters. Whoever guesses the secret can make a session of anybody, and tries that without asking us. */
const SHORTEST_SECRET = 32;

const stored = z.partialRecord(z.enum(NAMES), z.string().min(1));

/** Inngest's signing key has the form that its SDK asks for; that of the audit log is an Ed25519 key as PEM. */
const MAKE: Record<Name, () => string> = {
  NEXTAUTH_SECRET: () => randomBytes(32).toString('base64url'),
  INNGEST_SIGNING_KEY: () => `signkey-prod-${randomBytes(32).toString('hex')}`,
  LAPSE_AUDIT_SIGNING_KEY: () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};

/**
 * The secrets of this start: the operator's own first, then those kept in `secrets.json` of the data folder (mode 0600),
 * where a missing one is generated once. In production they must all be given, and be no words that can be guessed: throws
 * StartFailure that names what is missing and how to make it.
 */
export function resolveSecrets(
  environment: Record<string, string | undefined>,
  dataDir: string,
  production: boolean,
): Secrets {
  const given = readGiven(environment);
  const missing = NAMES.filter((name) => !given[name]);
  if (production && missing.length > 0) throw refusal(missing);
  if (production && (given.NEXTAUTH_SECRET?.length ?? 0) < SHORTEST_SECRET) throw tooShort();
  const own = missing.length > 0 ? keepGenerated(path.join(dataDir, 'secrets.json'), missing) : {};
  const secrets = { ...own, ...given } as Record<Name, string>;
  return {
    ...secrets,
    INNGEST_EVENT_KEY: environment.INNGEST_EVENT_KEY?.trim() || eventKeyFor(secrets.INNGEST_SIGNING_KEY),
  };
}

function readGiven(environment: Record<string, string | undefined>): Partial<Record<Name, string>> {
  const pairs = NAMES.map((name) => [name, environment[name]?.trim()] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value));
}

/** Only who holds the signing key can make the event key, so it needs no keeping. */
function eventKeyFor(signingKey: string): string {
  return createHmac('sha256', signingKey).update('lapse event key').digest('base64url');
}

function keepGenerated(file: string, wanted: readonly Name[]): Partial<Record<Name, string>> {
  const content = readJson(file);
  const kept = stored.safeParse(content === undefined ? {} : content);
  if (!kept.success) {
    throw new StartFailure(
      `${file} is not what Lapse wrote. Bring it back from a backup. Or remove it: new secrets sign everybody out, and the audit log ` +
        'shows a new key that its old one did not endorse.',
    );
  }
  const added = wanted.filter((name) => !kept.data[name]);
  if (added.length === 0) return kept.data;
  const all = { ...kept.data, ...Object.fromEntries(added.map((name) => [name, MAKE[name]()])) };
  writePrivateJson(file, all);
  return all;
}

function tooShort(): StartFailure {
  return new StartFailure(
    `NODE_ENV is "production", and NEXTAUTH_SECRET has fewer than ${SHORTEST_SECRET} characters. Make one that nobody ` +
      'guesses (it signs everybody out, no more):\n  export NEXTAUTH_SECRET="$(openssl rand -base64 32)"',
  );
}

function refusal(missing: readonly Name[]): StartFailure {
  const how: Record<Name, string> = {
    NEXTAUTH_SECRET: '  export NEXTAUTH_SECRET="$(openssl rand -base64 32)"',
    INNGEST_SIGNING_KEY: '  export INNGEST_SIGNING_KEY="signkey-prod-$(openssl rand -hex 32)"',
    LAPSE_AUDIT_SIGNING_KEY: '  export LAPSE_AUDIT_SIGNING_KEY="$(openssl genpkey -algorithm ed25519)"',
  };
  return new StartFailure(
    `NODE_ENV is "production", and ${listed(missing)} ${missing.length > 1 ? 'are' : 'is'} not set. ` +
      'In production Lapse makes up no secrets; keep them where your others are. For example:\n' +
      missing.map((name) => how[name]).join('\n'),
  );
}

/** 'A', 'A and B', 'A, B and C'. */
const listed = (names: readonly string[]) => names.join(', ').replace(/, ([^,]*)$/, ' and $1');
