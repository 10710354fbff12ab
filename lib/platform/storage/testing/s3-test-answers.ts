import type { IncomingMessage } from 'node:http';
import type { S3TestBucket } from './s3-test-bucket';
import { checkIntegrity, S3TestError } from './s3-test-request';
import { document, encodeKey, readDeleteRequest } from './s3-test-xml';

export interface S3TestState {
  /** Objects on one page of a listing, at most. */
  pageSize: number;
  /** Whether DeleteObjects insists on Content-MD5, as many stores do. */
  needsContentMd5: boolean;
  /** What becomes of the condition of a deletion: AWS keeps it, other stores ignore it or know no such thing. */
  conditions: 'kept' | 'ignored' | 'refused';
  keyErrors: Map<string, { code: string; message: string; times: number }>;
}

export interface S3TestAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer;
}

const MAX_KEYS = 1_000;

const xml = (text: string): S3TestAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(text),
});

/** Carries out one request; throws S3TestError. */
export function answer(
  buckets: ReadonlyMap<string, S3TestBucket>,
  state: S3TestState,
  request: IncomingMessage,
  body: Buffer,
): S3TestAnswer {
  const [rawPath = '', rawQuery = ''] = (request.url ?? '').split('?');
  const [, name = '', ...rest] = rawPath.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const query = new URLSearchParams(rawQuery);
  const bucket = buckets.get(name);
  if (!bucket) throw new S3TestError(404, 'NoSuchBucket', 'The specified bucket does not exist');
  if (key !== '') return answerForObject(bucket, state, request, key, body);
  if (request.method === 'HEAD') return { status: 200 };
  if (request.method === 'POST' && query.has('delete')) {
    checkIntegrity(request, body, state.needsContentMd5);
    return deleteObjects(bucket, state, body.toString());
  }
  if (request.method === 'GET' && query.has('versioning')) {
    const status = bucket.versioning === 'never' ? {} : { Status: bucket.versioning };
    return xml(document('VersioningConfiguration', status));
  }
  if (request.method === 'GET' && query.get('list-type') === '2') return listObjects(bucket, state, query);
  throw new S3TestError(501, 'NotImplemented', `${request.method} ${request.url}`);
}

function answerForObject(
  bucket: S3TestBucket,
  state: S3TestState,
  request: IncomingMessage,
  key: string,
  body: Buffer,
): S3TestAnswer {
  const versioned = bucket.versioning !== 'never';
  if (request.method === 'PUT') {
    if (request.headers['content-length'] === undefined) throw new S3TestError(411, 'MissingContentLength');
    if (request.headers['content-encoding']?.includes('aws-chunked')) {
      throw new S3TestError(501, 'NotImplemented', 'aws-chunked');
    }
    const { etag, id } = bucket.put(key, body);
    return { status: 200, headers: { etag, ...(versioned ? { 'x-amz-version-id': id } : {}) } };
  }
  if (request.method === 'DELETE') {
    checkCondition(bucket, state, key, request.headers['if-match']);
    const marker = bucket.delete(key);
    return {
      status: 204,
      headers: marker ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.id } : {},
    };
  }
  const version = bucket.current(key);
  if (!version) throw new S3TestError(404, 'NoSuchKey', 'The specified key does not exist.');
  return {
    status: 200,
    headers: {
      etag: version.etag,
      'content-length': String(version.body.length),
      ...(versioned ? { 'x-amz-version-id': version.id } : {}),
    },
    body: version.body,
  };
}

/** As AWS does it: only the current version counts, and one that is absent fulfils no condition. */
function checkCondition(
  bucket: S3TestBucket,
  state: S3TestState,
  key: string,
  etag: string | undefined,
): void {
  if (etag === undefined || state.conditions === 'ignored') return;
  if (state.conditions === 'refused') throw new S3TestError(501, 'NotImplemented');
  const current = bucket.current(key);
  if (!current) throw new S3TestError(404, 'NoSuchKey', 'The specified key does not exist.');
  if (current.etag === etag) return;
  const message = 'At least one of the pre-conditions you specified did not hold';
  throw new S3TestError(412, 'PreconditionFailed', message);
}

function deleteObjects(bucket: S3TestBucket, state: S3TestState, text: string): S3TestAnswer {
  const { objects, quiet } = readDeleteRequest(text);
  if (objects.length === 0 || objects.length > MAX_KEYS) throw new S3TestError(400, 'MalformedXML');
  const entries = objects.map(({ key: Key, etag }): [string, Record<string, string | boolean>] => {
    const trouble = state.keyErrors.get(Key);
    if (trouble && trouble.times > 0) {
      trouble.times -= 1;
      return ['Error', { Key, Code: trouble.code, Message: trouble.message }];
    }
    try {
      checkCondition(bucket, state, Key, etag);
    } catch (error) {
      if (!(error instanceof S3TestError) || error.status === 501) throw error;
      return ['Error', { Key, Code: error.code, Message: error.message }];
    }
    const marker = bucket.delete(Key);
    return ['Deleted', marker ? { Key, DeleteMarker: true, DeleteMarkerVersionId: marker.id } : { Key }];
  });
  const told = quiet ? entries.filter(([kind]) => kind === 'Error') : entries;
  return xml(document('DeleteResult', {}, told));
}

function listObjects(bucket: S3TestBucket, state: S3TestState, query: URLSearchParams): S3TestAnswer {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const all = bucket.keys().filter((key) => key.startsWith(prefix));
  // The token names the last key of the page before, so objects deleted in between shift nothing.
  const last = token === null ? null : Buffer.from(token, 'base64');
  const rest = last ? all.filter((key) => Buffer.compare(Buffer.from(key), last) > 0) : all;
  const page = rest.slice(0, Math.min(state.pageSize, Number(query.get('max-keys') ?? MAX_KEYS)));
  const encode = query.get('encoding-type') === 'url' ? encodeKey : (key: string) => key;
  const more = rest.length > page.length;
  const contents = page.map((key): [string, Record<string, string | number>] => {
    const version = bucket.current(key);
    return ['Contents', { Key: encode(key), Size: version?.body.length ?? 0, ETag: version?.etag ?? '' }];
  });
  return xml(
    document(
      'ListBucketResult',
      {
        Prefix: encode(prefix),
        KeyCount: page.length,
        IsTruncated: more,
        EncodingType: query.get('encoding-type') ?? undefined,
        NextContinuationToken: more ? Buffer.from(page.at(-1) ?? '').toString('base64') : undefined,
      },
      contents,
    ),
  );
}
