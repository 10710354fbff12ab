import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  type LogGroup as GroupOfSdk,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DEFAULT_RETRY, type RetryPolicy, withRetries } from '../storage/retry';
import { cloudWatchFailure } from './cloudwatch-failure';
import { assertRetentionDays, type LogGroup, type LogStore, LogStoreError } from './log-store';

export interface CloudWatchOptions {
  environment: string;
  /** Left out: the SDK's own sources (AWS_REGION, its config file), or 'us-east-1' for an endpoint of one's own. */
  region?: string;
  /** Of a service that speaks the protocol but is not AWS. */
  endpoint?: string;
  /** Left out: the SDK's own chain (environment, profile, instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** How long a silent connection is waited for. */
  timeoutMs?: number;
  retry?: RetryPolicy;
}

/** Whatever goes wrong is thrown; the SDK's own lines on the console would say it a second time, without its context. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** AWS answers with at most 50 groups or streams at once. */
const PAGE = 50;

/** CloudWatch Logs. The service expires events by itself, each by its own age; Lapse only says after how many days. */
export class CloudWatchLogStore implements LogStore {
  readonly kind = 'cloudwatch';
  readonly localExpiry = null;
  readonly environment: string;
  readonly #client: CloudWatchLogsClient;
  readonly #retry: RetryPolicy;
  readonly #place: string;

  constructor(options: CloudWatchOptions) {
    this.environment = options.environment;
    this.#retry = options.retry ?? DEFAULT_RETRY;
    this.#client = createClient(options);
    this.#place = options.endpoint ?? options.region ?? 'the region of the environment';
  }

  describe(): string {
    return `CloudWatch Logs (${this.#place})`;
  }

  async describeGroup(name: string): Promise<LogGroup | null> {
    const what = `Asking CloudWatch Logs for ${name}`;
    try {
      const group = await this.#findGroup(name, what);
      if (!group) return null;
      return {
        name,
        retentionDays: group.retentionInDays ?? null,
        oldestEventAt: await this.#oldestEvent(name, what),
        storedBytes: group.storedBytes ?? 0,
      };
    } catch (error) {
      // It went between the two questions.
      if (error instanceof LogStoreError && error.kind === 'group-missing') return null;
      throw error;
    }
  }

  async *listGroups(prefix: string): AsyncGenerator<string> {
    for await (const group of this.#groups(prefix, 'Listing the groups of CloudWatch Logs')) {
      if (group.logGroupName !== undefined) yield group.logGroupName;
    }
  }

  async setRetention(name: string, days: number): Promise<void> {
    assertRetentionDays(days);
    await this.#call(`Setting the retention of ${name}`, () =>
      this.#client.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: days })),
    );
  }

  async removeRetention(name: string): Promise<void> {
    try {
      await this.#call(`Removing the retention of ${name}`, () =>
        this.#client.send(new DeleteRetentionPolicyCommand({ logGroupName: name })),
      );
    } catch (error) {
      if (error instanceof LogStoreError && error.kind === 'group-missing') return;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  /** The service finds groups by the beginning of their names only, so `...-workers-old` comes with `...-workers`. */
  async #findGroup(name: string, what: string): Promise<GroupOfSdk | null> {
    for await (const group of this.#groups(name, what)) if (group.logGroupName === name) return group;
    return null;
  }

  async *#groups(prefix: string, what: string): AsyncGenerator<GroupOfSdk> {
    let nextToken: string | undefined;
    do {
      const page = await this.#call(what, () =>
        this.#client.send(
          new DescribeLogGroupsCommand({
            ...(prefix ? { logGroupNamePrefix: prefix } : {}),
            ...(nextToken ? { nextToken } : {}),
            limit: PAGE,
          }),
        ),
      );
      yield* page.logGroups ?? [];
      nextToken = page.nextToken;
    } while (nextToken);
  }

  /**
   * The earliest first event of all streams. The service learns of a stream's events with a delay, and forgets to move
   * its first event when that expires: both make it earlier than it is, which keeps events longer and never shorter.
   */
  async #oldestEvent(name: string, what: string): Promise<Date | null> {
    let oldest: number | null = null;
    let nextToken: string | undefined;
    do {
      const page = await this.#call(what, () =>
        this.#client.send(
          new DescribeLogStreamsCommand({
            logGroupName: name,
            limit: PAGE,
            ...(nextToken ? { nextToken } : {}),
          }),
        ),
      );
      for (const stream of page.logStreams ?? []) {
        const first = stream.firstEventTimestamp ?? stream.creationTime;
        if (first !== undefined && (oldest === null || first < oldest)) oldest = first;
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return oldest === null ? null : new Date(oldest);
  }

  async #call<T>(what: string, call: () => Promise<T>): Promise<T> {
    return withRetries(
      this.#retry,
      (error) => error instanceof LogStoreError && error.retryable,
      () =>
        call().catch((error: unknown) => {
          throw cloudWatchFailure(what, error);
        }),
    );
  }
}

/** A client that makes each attempt once: the store retries by itself. */
function createClient(options: CloudWatchOptions): CloudWatchLogsClient {
  const { endpoint, region, credentials, timeoutMs = 30_000 } = options;
  const config: CloudWatchLogsClientConfig = {
    maxAttempts: 1,
    logger: SILENT,
    requestHandler: { connectionTimeout: Math.min(timeoutMs, 5_000), socketTimeout: timeoutMs },
  };
  if (credentials) config.credentials = credentials;
  if (region ?? endpoint) config.region = region ?? 'us-east-1';
  if (endpoint) config.endpoint = endpoint;
  return new CloudWatchLogsClient(config);
}
