import { connect } from '@/db/client';
import type { Context } from '@/lib/people/context';
import { fixedClock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { CloudWatchLogStore } from '@/lib/platform/log-store/cloudwatch-log-store';
import { applyLogRetention } from '../apply-log-retention';

/*
 * A process of its own that brings the logs of a challenge in line, for tests that kill it. Arguments: the database's URL,
 * the endpoint of the log service with its key and secret, the time, and the challenge.
 */
const [url = '', endpoint = '', accessKeyId = '', secretAccessKey = '', now = '', challengeId = ''] =
  process.argv.slice(2);

const database = connect(url);
const ctx: Context = {
  db: database.db,
  clock: fixedClock(now),
  storage: {} as Context['storage'],
  logs: new CloudWatchLogStore({
    environment: 'production',
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
  }),
  mailer: {
    kind: 'folder',
    describe: () => 'a mailer that takes everything',
    send: async () => ({ id: '<1@test>' }),
    close: async () => {},
  },
  log,
  actor: { type: 'system', job: 'apply-log-retention' },
};

await applyLogRetention(ctx, { challengeId: Number(challengeId) });
await database.close();
