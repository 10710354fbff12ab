import path from 'node:path';
import { expect, test } from 'vitest';
import { internalAddress, readConfiguration } from './configuration';

const read = (environment: Record<string, string>, ...args: string[]) =>
  readConfiguration('/srv/lapse', args, environment);

test('with nothing set it is a demo for this machine, with our own job runner', () => {
  expect(read({})).toMatchObject({
    dataDir: '/srv/lapse/.lapse',
    production: false,
    demo: true,
    dev: false,
    host: '127.0.0.1',
    runner: 'embedded',
  });
});

test.each([
  { NODE_ENV: 'production' },
  { LAPSE_DEMO: '0' },
  { LAPSE_DEMO: 'off' },
  { S3_BUCKET: 'artifacts' },
])('no demo data with %o', (environment) => {
  expect(read(environment).demo).toBe(false);
});

test.each([{ INNGEST_EVENT_KEY: 'key' }, { INNGEST_BASE_URL: 'http://inngest:8288' }])(
  'a real Inngest takes over with %o',
  (environment) => {
    expect(read(environment).runner).toBe('none');
  },
);

test.each([
  ['data', '.data'],
  ['./var/lapse', '.var/lapse'],
  ['/srv/lapse/app/data', '.app/data'],
  ['.', '.lapse'],
])('data in the checkout would become a part of the built app: %s is refused', (folder, better) => {
  expect(() => read({ LAPSE_DATA_DIR: folder })).toThrow(`LAPSE_DATA_DIR=${folder} is among the sources`);
  expect(() => read({ LAPSE_DATA_DIR: folder })).toThrow(`begins with a dot: ${better}.`);
});

test.each(['.lapse', '.var/lapse', '../data', '/srv/data', '/srv/lapse-data', '..data'])(
  'data may lie in %s',
  (folder) => {
    expect(read({ LAPSE_DATA_DIR: folder }).dataDir).toBe(path.resolve('/srv/lapse', folder));
  },
);

test('a wrong value and an unknown argument are named', () => {
  expect(() => read({ S3_FORCE_PATH_STYLE: 'perhaps' })).toThrow(/S3_FORCE_PATH_STYLE=perhaps/);
  expect(() => read({ LAPSE_AUDIT_HOT_DAYS: '90', LAPSE_AUDIT_WARM_DAYS: '60' })).toThrow(
    /LAPSE_AUDIT_HOT_DAYS, LAPSE_AUDIT_WARM_DAYS:\n {2}60 is not allowed/,
  );
  expect(() => read({}, '--demo')).toThrow(/Unknown: --demo/);
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://127.0.0.1:80'],
  ['::1', 'http://[::1]:80'],
  ['10.0.0.7', 'http://10.0.0.7:80'],
])('a server on %s is reached at %s', (host, address) => {
  expect(internalAddress(host, 80)).toBe(address);
});
