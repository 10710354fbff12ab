import { parseArgs } from 'node:util';
import { migrate } from '@/db/migrate';
import { readEnv } from '@/lib/platform/env';
import { LapseError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { logFolder } from '@/lib/platform/log-store/create-log-store';
import { createStorage } from '@/lib/platform/storage/create-storage';
import { demoSignIns, seedDemo } from './demo';
import { seedLarge } from './large';

const USAGE = `Fills an empty database with a named scenario.

  npm run seed -- demo  [--database-url URL]
  npm run seed -- large [--database-url URL] [--challenges 2700] [--submissions 600000]

demo   challenges in every state, with people to sign in as and real files in the object storage of the environment
large  as much as a large platform has, without files and without people to sign in as; for measuring

The database is that of --database-url, else DATABASE_OWNER_URL, else DATABASE_URL; the URL must be its owner's.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'database-url': { type: 'string' },
      challenges: { type: 'string' },
      submissions: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [scenario] = positionals;
  if (values.help || positionals.length !== 1 || (scenario !== 'demo' && scenario !== 'large')) {
    process.stderr.write(`${USAGE}\n`);
    return values.help ? 0 : 2;
  }
  const env = readEnv();
  const ownerUrl = values['database-url'] ?? env.DATABASE_OWNER_URL ?? env.DATABASE_URL;
  if (!ownerUrl) {
    process.stderr.write('Which database? Give --database-url, or set DATABASE_URL.\n');
    return 2;
  }
  await migrate(ownerUrl);
  const now = new Date();
  if (scenario === 'large') {
    const challenges = size('challenges', values.challenges, 2_700);
    const submissions = size('submissions', values.submissions, 600_000);
    await seedLarge({ ownerUrl, now, challenges, submissions, log });
    process.stdout.write(`Filled in: ${challenges} challenges with ${submissions} submissions.\n`);
    return 0;
  }
  const { filled } = await seedDemo({
    ownerUrl,
    storage: createStorage(env),
    now,
    log,
    ...(env.LAPSE_LOG_BACKEND === 'folder' ? { logsDir: logFolder(env) } : {}),
  });
  process.stdout.write(
    filled ? 'The demo is filled in. Sign in as:\n' : 'The demo is here already. Sign in as:\n',
  );
  for (const { username, password, what } of demoSignIns()) {
    process.stdout.write(`  ${username.padEnd(8)} ${password.padEnd(20)} ${what}\n`);
  }
  return 0;
}

function size(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 10_000_000) return value;
  throw new LapseError('invalid', `--${name} ${text} is not allowed: use a whole number from 1 to 10000000`);
}

try {
  process.exitCode = await main();
} catch (error) {
  const isOurs = !(error instanceof LapseError) && !(error instanceof TypeError);
  process.stderr.write(
    `${error instanceof Error ? (isOurs ? error.stack : error.message) : String(error)}\n`,
  );
  process.exitCode = error instanceof LapseError && error.code === 'conflict' ? 3 : 1;
}
