import { describe, expect, it } from 'vitest';
import { readProcessEnvironment } from './process-environment';

const embedded = {
  DATABASE_URL: 'postgres://localhost/lapse',
  NEXTAUTH_URL: 'https://lapse.example.org',
  INNGEST_BASE_URL: 'http://127.0.0.1:8288',
  INNGEST_SIGNING_KEY: 'signkey-test-00',
  INNGEST_EVENT_KEY: 'event-key',
};

describe('the environment of the process beside the web app', () => {
  it('lets an operator with an Inngest elsewhere set the event key alone', () => {
    const environment = readProcessEnvironment({
      DATABASE_URL: 'postgres://localhost/lapse',
      INNGEST_EVENT_KEY: 'key',
      LAPSE_RUNNER: 'none',
    });
    expect(environment.LAPSE_RUNNER).toBe('none');
  });

  it('reaches the web app past the proxy when it is told how', () => {
    expect(readProcessEnvironment(embedded)).toMatchObject({ LAPSE_URL: 'https://lapse.example.org' });
    expect(readProcessEnvironment({ ...embedded, LAPSE_URL: 'http://127.0.0.1:3000' })).toMatchObject({
      LAPSE_URL: 'http://127.0.0.1:3000',
    });
  });

  it('refuses to be the runner for an address elsewhere, or without its keys', () => {
    expect(() =>
      readProcessEnvironment({ ...embedded, INNGEST_BASE_URL: 'https://inngest.example.org' }),
    ).toThrow(/https:\/\/inngest\.example\.org is not on this machine/);
    expect(() => readProcessEnvironment({ ...embedded, INNGEST_SIGNING_KEY: undefined })).toThrow(
      /INNGEST_SIGNING_KEY/,
    );
  });
});
