import path from 'node:path';
import postgres from 'postgres';
import { makeAppLogin } from '../../db/embedded/app-login';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../db/embedded/server';
import { migrate } from '../../db/migrate';
import type { Configuration } from './configuration';
import { StartFailure } from './failure';

export interface RunningDatabase {
  /** What owns the tables; what the product connects with, when the operator gave only one. */
  ownerUrl: string;
  /** Our own server, when the operator gave none. */
  embedded: EmbeddedPostgres | undefined;
  /**
   * Applies the migrations that are missing, and makes sure that the product's role can be taken. Returns the URL that the
   * product connects with; our own server knows it from here on only, and it is another one with each start.
   */
  migrate(): Promise<string>;
}

/** The operator's database (DATABASE_URL), or our own, started. */
export async function openDatabase(
  { env, dataDir, root }: Configuration,
  say: (line: string) => void,
): Promise<RunningDatabase> {
  const embedded = env.DATABASE_URL
    ? undefined
    : await startEmbeddedPostgres({ dataDir: path.join(dataDir, 'postgres'), log: say });
  const ownerUrl = embedded?.url ?? env.DATABASE_OWNER_URL ?? env.DATABASE_URL ?? '';
  return {
    ownerUrl,
    embedded,
    migrate: async () => {
      const given = env.DATABASE_URL ?? ownerUrl;
      try {
        await migrate(ownerUrl, path.join(root, 'db', 'migrations'));
        const url = embedded ? await makeAppLogin(ownerUrl) : given;
        await requireRole(url);
        return url;
      } catch (error) {
        throw explain(error, given);
      }
    },
  };
}

/** The product takes the role lapse_app; where the migrating role may not create it, somebody else must. */
async function requireRole(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    const [row] = await sql<{ me: string; usable: boolean }[]>`
      select current_user as me,
        exists (select from pg_roles where rolname = 'lapse_app' and pg_has_role(oid, 'SET')) as usable`;
    if (row?.usable) return;
    throw new StartFailure(
      'The database needs the role lapse_app, which may write history but not rewrite it, and the migrations were not ' +
        'allowed to make it. Ask an administrator of the database to run this, and start again:\n' +
        `  create role lapse_app nologin; grant lapse_app to "${row?.me}";`,
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to its host',
  CONNECT_TIMEOUT: 'it does not answer',
  CONNECTION_CLOSED: 'it closes the connection',
  '28P01': 'it refuses the password',
  '28000': 'it refuses the user',
  '3D000': 'it has no database of that name',
  '57P03': 'it is still starting or already stopping',
  '42501': 'the user may not create tables; set DATABASE_OWNER_URL to one who may',
};

function explain(error: unknown, url: string): unknown {
  const { code, message, cause } = error as { code?: string; message?: string; cause?: { code?: string } };
  const reason = UNREACHABLE[code ?? ''] ?? UNREACHABLE[cause?.code ?? ''];
  if (!reason) return error;
  return new StartFailure(`The database ${withoutPassword(url)} cannot be used: ${reason} (${message}).`);
}

/** The URL as it may be shown. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  return shown.href;
}
