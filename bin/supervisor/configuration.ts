import path from 'node:path';
import { checkPolicyEnvironment } from '../../lib/audit/policy/environment';
import { type Env, readEnv } from '../../lib/platform/env';
import { StartFailure } from './failure';

/** What the operator asked for, by the environment and the command line. */
export interface Configuration {
  root: string;
  dataDir: string;
  env: Env;
  /** `--dev`: the development server, which builds page by page. */
  dev: boolean;
  /** NODE_ENV=production: no generated secrets, no demo, logs on the terminal. */
  production: boolean;
  /** Whether an empty Lapse may be filled with the demo: not in production, not with LAPSE_DEMO=0, not into a bucket. */
  demo: boolean;
  /** The address to listen on (LAPSE_HOST); only this machine unless told otherwise. */
  host: string;
  wishedPort: string | undefined;
  /** 'none': the operator runs a real Inngest (INNGEST_EVENT_KEY or INNGEST_BASE_URL is set). */
  runner: 'embedded' | 'none';
}

/** Throws StartFailure that names what is wrong in the environment or the arguments. */
export function readConfiguration(
  root: string,
  args: readonly string[],
  environment: Record<string, string | undefined>,
): Configuration {
  const unknown = args.filter((arg) => arg !== '--dev');
  if (unknown.length > 0) {
    throw new StartFailure(`Unknown: ${unknown.join(' ')}. Use: npm start, or npm run dev for development.`);
  }
  const env = checkedEnv(environment);
  const production = environment.NODE_ENV === 'production';
  // Not set means yes here: the flag itself cannot tell that from no.
  const declined = Boolean(environment.LAPSE_DEMO?.trim()) && !env.LAPSE_DEMO;
  return {
    root,
    dataDir: dataFolder(root, environment.LAPSE_DATA_DIR?.trim() || '.lapse'),
    env,
    dev: args.includes('--dev'),
    production,
    demo: !production && !declined && !env.S3_BUCKET,
    host: environment.LAPSE_HOST?.trim() || '127.0.0.1',
    wishedPort: environment.PORT,
    runner: env.INNGEST_EVENT_KEY || env.INNGEST_BASE_URL ? 'none' : 'embedded',
  };
}

/**
 * The build takes what lies in the checkout for a part of the app, but for names that begin with a dot: it would copy the secrets
 * and the objects, which were then still there once they are deleted.
 */
function dataFolder(root: string, given: string): string {
  const folder = path.resolve(root, given);
  const [first = '', ...rest] = path.relative(root, folder).split(path.sep);
  if (first === '..' || path.isAbsolute(first) || (first !== '' && first.startsWith('.'))) return folder;
  const better = first === '' ? '.lapse' : path.join(`.${first}`, ...rest);
  throw new StartFailure(
    `LAPSE_DATA_DIR=${given} is among the sources of Lapse, and what lies there is copied into the built app. Use ` +
      `a folder outside of ${root}, or one whose name begins with a dot: ${better}. To keep what is there, rename it.`,
  );
}

function checkedEnv(environment: Record<string, string | undefined>): Env {
  try {
    const env = readEnv(environment);
    checkPolicyEnvironment(env);
    return env;
  } catch (error) {
    throw new StartFailure(error instanceof Error ? error.message : String(error));
  }
}

/** The address under which processes of this machine reach the web server. */
export function internalAddress(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
