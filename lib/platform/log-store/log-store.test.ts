import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { motoAtHand, startMoto } from '../storage/testing/moto';
import { CloudWatchLogStore } from './cloudwatch-log-store';
import { FolderLogStore } from './folder-log-store';
import { CloudWatchTestServer } from './testing/cloudwatch-test-server';
import { describeLogStoreContract } from './testing/log-store-contract';

describeLogStoreContract('a folder', async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'lapse-logs-'));
  return {
    store: new FolderLogStore({ root, environment: 'production' }),
    makeGroup: async (name, events) => {
      const folder = path.join(root, name);
      await mkdir(folder, { recursive: true });
      for (const [index, at] of events.entries()) {
        const file = path.join(folder, `worker-${index}.log`);
        await writeFile(file, `${at.toISOString()} worker began\n`);
        await utimes(file, at, at);
      }
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
});

describeLogStoreContract('CloudWatch Logs, our test server', async () => {
  const server = await CloudWatchTestServer.start();
  server.pageSize = 2;
  const { endpoint, accessKeyId, secretAccessKey } = server;
  const store = new CloudWatchLogStore({
    environment: 'production',
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
  });
  return {
    store,
    makeGroup: async (name, events) => void server.add(name, events),
    close: async () => {
      await store.close();
      await server.stop();
    },
  };
});

const moto = motoAtHand();
if (moto.usable) {
  describeLogStoreContract('CloudWatch Logs, moto', async () => {
    const { endpoint, stop } = await startMoto();
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const sdk = await import('@aws-sdk/client-cloudwatch-logs');
    const admin = new sdk.CloudWatchLogsClient({ endpoint, credentials, region: 'us-east-1' });
    const store = new CloudWatchLogStore({ environment: 'production', endpoint, credentials });
    return {
      store,
      makeGroup: async (logGroupName, events) => {
        await admin.send(new sdk.CreateLogGroupCommand({ logGroupName }));
        for (const [index, at] of events.entries()) {
          const stream = { logGroupName, logStreamName: `worker-${index}` };
          await admin.send(new sdk.CreateLogStreamCommand(stream));
          const logEvents = [{ timestamp: at.getTime(), message: 'worker began' }];
          await admin.send(new sdk.PutLogEventsCommand({ ...stream, logEvents }));
        }
      },
      close: async () => {
        admin.destroy();
        await store.close();
        await stop();
      },
    };
  });
} else {
  describe.skip(`log store: CloudWatch Logs, moto (${moto.why})`, () => {
    it('keeps the contract', () => {});
  });
}
