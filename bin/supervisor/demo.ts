import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { z } from 'zod';
import { withoutPassword } from './database';
import { StartFailure } from './failure';
import { readJson, writePrivateJson } from './private-file';

const signIn = z.object({ username: z.string(), password: z.string(), role: z.string() });
export type SignIn = z.infer<typeof signIn>;

/** `database` tells whose it is, so that the demo of one database is not taken for that of another. */
const marker = z.discriminatedUnion('state', [
  z.object({ state: z.literal('filling'), database: z.string() }),
  z.object({ state: z.literal('done'), database: z.string(), signIns: z.array(signIn) }),
]);

export interface DemoOptions {
  ownerUrl: string;
  dataDir: string;
  /** Whether the database is our own, which may be emptied after an interrupted fill. */
  embedded: boolean;
  seed: (input: { ownerUrl: string; objectsDir: string; now: Date }) => Promise<{ signIns: SignIn[] }>;
  /** Makes the database empty and migrated again. */
  reset: () => Promise<void>;
  say: (line: string) => void;
}

/**
 * Fills an empty database and an empty object folder with the demo, once. A fill that was interrupted is thrown away and
 * done again. Returns the demo's sign-ins, or undefined when this Lapse holds somebody's own data.
 */
export async function ensureDemo(options: DemoOptions): Promise<SignIn[] | undefined> {
  const file = path.join(options.dataDir, 'demo.json');
  const objectsDir = path.join(options.dataDir, 'objects');
  const database = options.embedded ? 'embedded' : withoutPassword(options.ownerUrl);
  const noted = marker.safeParse(readJson(file)).data;
  const found = noted?.database === database ? noted : undefined;
  const empty = await isEmpty(options.ownerUrl);
  if (found?.state === 'done') {
    if (!empty) return found.signIns;
    options.say(
      `The database is empty, but the demo's files are still in ${objectsDir}, and Lapse does not throw files away by ` +
        `itself. For a new demo, remove ${options.dataDir} and start again.`,
    );
    return undefined;
  }
  if (found?.state === 'filling') {
    if (!empty && !options.embedded) throw interruptedElsewhere(file);
    options.say('The demo was filled in half; starting it over');
    if (!empty) await options.reset();
    rmSync(objectsDir, { recursive: true, force: true });
  }
  if (!found && (!empty || hasEntries(objectsDir))) return undefined;
  options.say('Filling in the demo: challenges, people and files to look at');
  writePrivateJson(file, { state: 'filling', database });
  const { signIns } = await options.seed({ ownerUrl: options.ownerUrl, objectsDir, now: new Date() });
  writePrivateJson(file, { state: 'done', database, signIns });
  return signIns;
}

function interruptedElsewhere(file: string): StartFailure {
  return new StartFailure(
    'Filling the database of DATABASE_URL with the demo was interrupted. Lapse does not empty a database that is not ' +
      `its own: do that yourself, or remove ${file} to keep what is in it, and start again.`,
  );
}

async function isEmpty(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    const [row] = await sql<{ used: boolean }[]>`
      select exists (select from people) or exists (select from challenges) or exists (select from audit_events) as used`;
    return row?.used === false;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const hasEntries = (folder: string) => existsSync(folder) && readdirSync(folder).length > 0;
