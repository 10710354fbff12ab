import path from 'node:path';
import type { Env } from '../env';
import { CloudWatchLogStore } from './cloudwatch-log-store';
import { FolderLogStore } from './folder-log-store';
import type { LogStore } from './log-store';
import { OffLogStore } from './off-log-store';

type LogEnv = Pick<
  Env,
  | 'LAPSE_DATA_DIR'
  | 'LAPSE_LOG_BACKEND'
  | 'LAPSE_LOG_ENVIRONMENT'
  | 'CLOUDWATCH_REGION'
  | 'CLOUDWATCH_ENDPOINT'
  | 'CLOUDWATCH_ACCESS_KEY_ID'
  | 'CLOUDWATCH_SECRET_ACCESS_KEY'
>;

/** Where groups lie that are folders. */
export const logFolder = (env: Pick<Env, 'LAPSE_DATA_DIR'>): string =>
  path.join(env.LAPSE_DATA_DIR, 'log-groups');

/** The store that LAPSE_LOG_BACKEND names. Reaches for none before it is used. */
export function createLogStore(env: LogEnv): LogStore {
  const environment = env.LAPSE_LOG_ENVIRONMENT;
  switch (env.LAPSE_LOG_BACKEND) {
    case 'off':
      return new OffLogStore(environment);
    case 'folder':
      return new FolderLogStore({ root: logFolder(env), environment });
    case 'cloudwatch':
      return cloudWatch(env, environment);
  }
}

function cloudWatch(env: LogEnv, environment: string): CloudWatchLogStore {
  const accessKeyId = env.CLOUDWATCH_ACCESS_KEY_ID;
  const secretAccessKey = env.CLOUDWATCH_SECRET_ACCESS_KEY;
  if (!accessKeyId !== !secretAccessKey) {
    throw new Error(
      'Set both CLOUDWATCH_ACCESS_KEY_ID and CLOUDWATCH_SECRET_ACCESS_KEY, or neither (then AWS itself is asked).',
    );
  }
  return new CloudWatchLogStore({
    environment,
    ...(env.CLOUDWATCH_REGION ? { region: env.CLOUDWATCH_REGION } : {}),
    ...(env.CLOUDWATCH_ENDPOINT ? { endpoint: env.CLOUDWATCH_ENDPOINT } : {}),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  });
}
