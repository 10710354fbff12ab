import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSigningKey } from '@/lib/audit/seal/signing-key';
import { resolveSecrets } from './secrets';
import { temporaryFolder } from './temporary-folder';

const inFolder = temporaryFolder();

test('missing secrets are made once, for their owner only, and stay the same', () => {
  const first = resolveSecrets({}, inFolder(), false);
  expect(first.NEXTAUTH_SECRET.length).toBeGreaterThanOrEqual(43);
  expect(first.INNGEST_SIGNING_KEY).toMatch(/^signkey-prod-[0-9a-f]{64}$/);
  expect(readSigningKey(first.LAPSE_AUDIT_SIGNING_KEY).publicKey.length).toBeGreaterThan(32);
  expect(statSync(inFolder('secrets.json')).mode & 0o777).toBe(0o600);
  expect(resolveSecrets({}, inFolder(), false)).toEqual(first);
});

test('what the operator gives goes before, and is not written down', () => {
  const secrets = resolveSecrets({ NEXTAUTH_SECRET: 'given by the operator' }, inFolder(), false);
  expect(secrets.NEXTAUTH_SECRET).toBe('given by the operator');
  expect(readFileSync(inFolder('secrets.json'), 'utf8')).not.toContain('given by the operator');
});

test('an empty or blank value counts as missing', () => {
  expect(resolveSecrets({ NEXTAUTH_SECRET: '  ' }, inFolder(), false).NEXTAUTH_SECRET.trim()).not.toBe('');
});

test('production makes up nothing: it names what is missing, even when an earlier demo left secrets', () => {
  resolveSecrets({}, inFolder(), false);
  expect(() => resolveSecrets({}, inFolder(), true)).toThrow(
    /NEXTAUTH_SECRET, INNGEST_SIGNING_KEY and LAPSE_AUDIT_SIGNING_KEY are not set/,
  );
  expect(() => resolveSecrets({ NEXTAUTH_SECRET: 'x' }, inFolder(), true)).toThrow(
    /INNGEST_SIGNING_KEY and LAPSE_AUDIT_SIGNING_KEY are not set/,
  );
});

test('production with all of them writes nothing', () => {
  const given = {
    NEXTAUTH_SECRET: 'x'.repeat(32),
    INNGEST_SIGNING_KEY: 'signkey-prod-ab',
    LAPSE_AUDIT_SIGNING_KEY: 'a key',
  };
  resolveSecrets(given, inFolder(), true);
  expect(existsSync(inFolder('secrets.json'))).toBe(false);
});

test('production refuses a session secret that can be guessed', () => {
  const given = {
    NEXTAUTH_SECRET: 'change me',
    INNGEST_SIGNING_KEY: 'signkey-prod-ab',
    LAPSE_AUDIT_SIGNING_KEY: 'a key',
  };
  expect(() => resolveSecrets(given, inFolder(), true)).toThrow(/fewer than 32 characters/);
  expect(() => resolveSecrets(given, inFolder(), true)).not.toThrow(/change me/);
});

test('a damaged file is named, not replaced', () => {
  writeFileSync(inFolder('secrets.json'), '{"NEXTAUTH');
  expect(() => resolveSecrets({}, inFolder(), false)).toThrow(/secrets\.json is not what Lapse wrote/);
  expect(readFileSync(inFolder('secrets.json'), 'utf8')).toBe('{"NEXTAUTH');
});
