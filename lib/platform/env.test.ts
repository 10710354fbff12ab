import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readEnv } from './env';

describe('the environment of logs', () => {
  it('is a folder of the environment "production" when nothing is said', () => {
    expect(readEnv({})).toMatchObject({ LAPSE_LOG_BACKEND: 'folder', LAPSE_LOG_ENVIRONMENT: 'production' });
    const empty = { LAPSE_LOG_BACKEND: '', LAPSE_LOG_ENVIRONMENT: ' ' };
    expect(readEnv(empty)).toMatchObject({
      LAPSE_LOG_BACKEND: 'folder',
      LAPSE_LOG_ENVIRONMENT: 'production',
    });
  });

  it('takes what it knows', () => {
    const values = { LAPSE_LOG_BACKEND: 'cloudwatch', LAPSE_LOG_ENVIRONMENT: 'eu_staging-2' };
    expect(readEnv({ ...values, CLOUDWATCH_ENDPOINT: 'http://127.0.0.1:4566' })).toMatchObject(values);
  });

  it.each([
    ['LAPSE_LOG_BACKEND', 'cloud', 'use one of folder, cloudwatch, off'],
    ['LAPSE_LOG_ENVIRONMENT', '../production', 'letters, digits'],
    ['LAPSE_LOG_ENVIRONMENT', 'a b', 'letters, digits'],
    ['CLOUDWATCH_ENDPOINT', '127.0.0.1:4566', 'http://'],
  ])('stops the start for %s=%s, with what is allowed', (name, value, allowed) => {
    expect(() => readEnv({ [name]: value })).toThrow(`${name}=${value}: `);
    expect(() => readEnv({ [name]: value })).toThrow(allowed);
  });
});

describe('the storage class of monthly archives', () => {
  it('is the one of the bucket when nothing is said, and takes those that can be read at once', () => {
    expect(readEnv({}).LAPSE_AUDIT_COLD_STORAGE_CLASS).toBeUndefined();
    expect(readEnv({ LAPSE_AUDIT_COLD_STORAGE_CLASS: ' ' }).LAPSE_AUDIT_COLD_STORAGE_CLASS).toBeUndefined();
    for (const name of ['STANDARD_IA', 'GLACIER_IR', 'INTELLIGENT_TIERING', 'ONEZONE_IA']) {
      const env = readEnv({ LAPSE_AUDIT_COLD_STORAGE_CLASS: name.toLowerCase() });
      expect(env.LAPSE_AUDIT_COLD_STORAGE_CLASS).toBe(name);
    }
  });

  it.each([
    ['GLACIER', 'neither verified nor searched'],
    ['deep_archive', 'neither verified nor searched'],
    ['COLD', 'use one of STANDARD, STANDARD_IA'],
  ])('T1: is not %s, with the reason', (value, why) => {
    expect(() => readEnv({ LAPSE_AUDIT_COLD_STORAGE_CLASS: value })).toThrow(why);
  });
});

describe('the keys that sign the audit log', () => {
  const NAMES = ['LAPSE_AUDIT_SIGNING_KEY', 'LAPSE_AUDIT_PREVIOUS_SIGNING_KEY'];
  const pem = (type: 'ed25519' | 'x25519') =>
    generateKeyPairSync(type as 'ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();

  it.each(NAMES)('%s is a private key, on one line as well, or left out', (name) => {
    const key = pem('ed25519');
    for (const value of [undefined, ' ', key, key.replaceAll('\n', '\\n')])
      expect(() => readEnv({ [name]: value })).not.toThrow();
  });

  it('B4: those that are accepted are named by their ids', () => {
    const read = (text: string) => readEnv({ LAPSE_AUDIT_ACCEPTED_KEYS: text }).LAPSE_AUDIT_ACCEPTED_KEYS;
    expect(readEnv({}).LAPSE_AUDIT_ACCEPTED_KEYS).toEqual([]);
    expect(read(' ')).toEqual([]);
    expect(read('3f0a9c1d2b4e5f67, 0123456789abcdef')).toEqual(['3f0a9c1d2b4e5f67', '0123456789abcdef']);
    for (const text of ['all', '3f0a9c1d2b4e5f6', '3F0A9C1D2B4E5F67'])
      expect(() => read(text)).toThrow(`LAPSE_AUDIT_ACCEPTED_KEYS=${text}: use ids of keys`);
  });

  it.each(NAMES)('B4: what %s cannot be stops the start, and is not repeated', (name) => {
    for (const value of ['secret words', pem('x25519')]) {
      const stopped = () => readEnv({ [name]: value });
      expect(stopped).toThrow(`${name}=...: it `);
      expect(stopped).toThrow('openssl genpkey -algorithm ed25519');
      expect(stopped).not.toThrow(value);
    }
  });
});

describe('the policy of anonymous data', () => {
  it('R1, R2: is off and 7 days when nothing is said', () => {
    const standing = { PUBLIC_MODE: false, PUBLIC_DATA_RETENTION_DAYS: 7 };
    expect(readEnv({})).toMatchObject(standing);
    expect(readEnv({ PUBLIC_MODE: ' ', PUBLIC_DATA_RETENTION_DAYS: '' })).toMatchObject(standing);
  });

  it.each([
    ['true', '1', true, 1],
    ['True', '36500', true, 36_500],
    ['off', ' 30 ', false, 30],
  ])('takes %s and %s', (mode, days, publicMode, retentionDays) => {
    expect(readEnv({ PUBLIC_MODE: mode, PUBLIC_DATA_RETENTION_DAYS: days })).toMatchObject({
      PUBLIC_MODE: publicMode,
      PUBLIC_DATA_RETENTION_DAYS: retentionDays,
    });
  });

  it.each(['0', '-1', '1.5', '7 days', '1000000000000', '1e3', '0x7', 'NaN', 'Infinity', '36501', '٧'])(
    'L10: stops the start for %s days, with the value and the range',
    (days) => {
      expect(() => readEnv({ PUBLIC_DATA_RETENTION_DAYS: days })).toThrow(
        `PUBLIC_DATA_RETENTION_DAYS=${days}: use a whole number of days from 1 to 36,500`,
      );
    },
  );

  it('stops the start for a mode that is neither on nor off', () => {
    expect(() => readEnv({ PUBLIC_MODE: 'maybe' })).toThrow('PUBLIC_MODE=maybe: use one of 1, 0');
  });
});
