import { createHash } from 'node:crypto';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

export interface S3Connection {
  bucket: string;
  /** Left out: the SDK's own sources (AWS_REGION, its config file), or 'us-east-1' for an endpoint of one's own. */
  region?: string;
  /** Of a store that speaks S3 but is not AWS. */
  endpoint?: string;
  /** Left out: the SDK's own chain (environment, profile, instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** `http://host/bucket/key` instead of `http://bucket.host/key`. */
  forcePathStyle?: boolean;
  /** How long a silent connection is waited for. */
  timeoutMs?: number;
}

const MAX_SOCKETS = 32;

/** Whatever goes wrong is thrown; the SDK's own lines on the console would say it a second time, without its context. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** A client that keeps its connections open and makes each attempt once: the storage retries by itself. */
export function createS3Client(connection: S3Connection): S3Client {
  const { endpoint, region, credentials, timeoutMs = 30_000 } = connection;
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const config: S3ClientConfig = {
    forcePathStyle: connection.forcePathStyle ?? false,
    maxAttempts: 1,
    logger: SILENT,
    requestHandler: {
      connectionTimeout: Math.min(timeoutMs, 5_000),
      socketTimeout: timeoutMs,
      // Time spent waiting for a free connection of our own is no fault of the store.
      socketAcquisitionWarningTimeout: 10 * timeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
  if (credentials) config.credentials = credentials;
  if (region ?? endpoint) config.region = region ?? 'us-east-1';
  if (endpoint) {
    config.endpoint = endpoint;
    // AWS checks the checksums that the SDK adds to every upload and download. Other stores often do not know them, and
    // some keep the trailer of a streamed upload as part of the object.
    config.requestChecksumCalculation = 'WHEN_REQUIRED';
    config.responseChecksumValidation = 'WHEN_REQUIRED';
  }
  const client = new S3Client(config);
  rememberHost(client);
  if (endpoint) addContentMd5(client);
  return client;
}

const hostOf = new WeakMap<S3Client, string>();

/**
 * Whether the client has talked to AWS itself, which keeps the conditions of deletions; false before its first request.
 * The requests tell, and not the connection, because the SDK may take an endpoint from its environment or config file.
 */
export const isAws = (client: S3Client): boolean => /\.amazonaws\.com(\.cn)?$/.test(hostOf.get(client) ?? '');

function rememberHost(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { hostname } = args.request as { hostname?: string };
      if (hostname) hostOf.set(client, hostname);
      return next(args);
    },
    { step: 'build', name: 'lapseHost' },
  );
}

/**
 * DeleteObjects needs proof that its list of keys arrived whole. The SDK sends a CRC32, also under WHEN_REQUIRED, which AWS
 * takes; many other stores know only the older Content-MD5 and refuse the request without it, so they get both.
 */
function addContentMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const request = args.request as { body?: unknown; headers?: Record<string, string> };
      if (context.commandName === 'DeleteObjectsCommand' && request.headers) {
        const body = request.body;
        if (typeof body === 'string' || body instanceof Uint8Array) {
          request.headers['content-md5'] = createHash('md5').update(body).digest('base64');
        }
      }
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'lapseContentMd5' },
  );
}
