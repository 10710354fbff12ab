import { sql } from 'drizzle-orm';
import { connect, type Transaction } from '@/db/client';
import { settings } from '@/db/schema/settings';
import { addDays } from '@/lib/platform/clock';
import { conflict } from '@/lib/platform/errors';
import type { Log } from '@/lib/platform/log';
import { FolderStorage } from '@/lib/platform/storage/folder-storage';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { storeOf } from '@/lib/platform/storage/routed-storage';
import { askForArchiving } from './demo/ask-for-archiving';
import { buildChallenges } from './demo/build';
import { buildPublicData } from './demo/build-public-data';
import { climateChallenges } from './demo/challenges-of-climate';
import { languageChallenges } from './demo/challenges-of-language';
import { roboticsChallenges } from './demo/challenges-of-robotics';
import { visionChallenges } from './demo/challenges-of-vision';
import { tell } from './demo/history';
import { DEMO_PEOPLE, demoPassword } from './demo/people';
import { publicData } from './demo/public-data';
import { seededRandom } from './demo/random';
import { replay } from './demo/replay';
import { demoTimes } from './demo/times';
import { writeBase } from './demo/write-base';
import { writeFiles } from './demo/write-files';
import { writePublicData, writePublicFiles } from './demo/write-public-data';
import { emptiness } from './emptiness';

/** The row of `settings` that says that the demo is in this database, whole: {at, version}. */
export const DEMO_MARKER = 'demo.filled';
const DEMO_VERSION = 1;

export type DemoOptions = {
  /** The role that owns the tables: history is written as of the past. */
  ownerUrl: string;
  now: Date;
  log?: Log;
  /** Where the demo's workers have logged (see FolderLogStore); left out where a log service is at hand. */
  logsDir?: string;
} & ({ storage: ObjectStorage } | { objectsDir: string });

export interface DemoSignIn {
  username: string;
  password: string;
  role: string;
  what: string;
}

/**
 * Fills an empty database and an empty object store with the demo: challenges in every state, with a history that the
 * product's own rules made, all relative to `now`. Either all rows are there afterwards or none, so that an interrupted
 * fill is done again by the next call, which writes the same objects. A database that has the demo is left as it is.
 * Throws LapseError 'conflict' when there is anything else in the database.
 */
export async function seedDemo(options: DemoOptions): Promise<{ signIns: DemoSignIn[]; filled: boolean }> {
  const { ownerUrl } = options;
  const storage = 'storage' in options ? options.storage : new FolderStorage(options.objectsDir);
  const database = connect(ownerUrl, { as: 'owner', max: 1, applicationName: 'lapse seed' });
  try {
    const filled = await database.db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext('lapse:seed'))`);
      const found = await emptiness(tx, DEMO_MARKER);
      if (found.marked) return false;
      if (found.filledWith) {
        throw conflict(
          `The demo needs an empty database, and this one has ${found.filledWith}. To start over, use another database, or delete the data folder (.lapse).`,
        );
      }
      await fill(tx, storage, options);
      return true;
    });
    return { signIns: demoSignIns(), filled };
  } finally {
    await database.close();
  }
}

/** Who can be tried out, with fixed passwords: a demo keeps no secrets. */
export function demoSignIns(): DemoSignIn[] {
  return DEMO_PEOPLE.map(({ username, role, what }) => ({
    username,
    role,
    what,
    password: demoPassword(username),
  }));
}

async function fill(
  tx: Transaction,
  storage: ObjectStorage,
  { now, log, logsDir }: DemoOptions,
): Promise<void> {
  const times = demoTimes(now);
  const built = buildChallenges(
    [
      ...visionChallenges(times),
      ...languageChallenges(times),
      ...roboticsChallenges(times),
      ...climateChallenges(times),
    ],
    now,
  );
  // Files first: rows that name objects which are not there would be a lie, objects without rows are written again.
  const bucket = storage.name.replace(/^s3:\/\//, '');
  const anonymous = buildPublicData(publicData(times), bucket, now);
  const objects = (await writeFiles(storage, built)) + (await writePublicFiles(storage, anonymous));
  await tx.execute(
    sql`select ensure_audit_partitions(${addDays(now, -450).toISOString()}::timestamptz, ${addDays(now, 366).toISOString()}::timestamptz)`,
  );
  await writeBase(tx, built, now);
  const store = { storeName: storage.name, storeOf: (key: string) => storeOf(storage, key) };
  const teller = { tx, random: seededRandom('history'), ...store };
  await replay(teller, built, times, logsDir);
  // Numbers of its own, so that the rest of the history has the same ids with it and without it.
  await writePublicData({ ...teller, random: seededRandom('public-data-history') }, anonymous);
  await tell(teller, {
    at: now,
    actor: { type: 'system', job: 'demo' },
    action: 'demo.fill',
    newValue: { version: DEMO_VERSION, challenges: built.length, objects },
  });
  await askForArchiving(teller, now);
  await tx
    .insert(settings)
    .values({ name: DEMO_MARKER, value: { at: now.toISOString(), version: DEMO_VERSION }, updatedAt: now });
  log?.info({ challenges: built.length, objects }, 'the demo was filled in');
}
