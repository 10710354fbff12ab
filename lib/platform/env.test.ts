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
