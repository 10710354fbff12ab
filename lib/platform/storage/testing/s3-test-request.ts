import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';

/** What S3 answers instead of doing it. */
export class S3TestError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const FIFTEEN_MINUTES_MS = 15 * 60 * 1000;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/[\w-]+\/s3\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=[0-9a-f]{64}$/;

/** Whether the request is signed in form: the signature itself is not computed again, its parts are looked at. */
export function checkSigned(request: IncomingMessage, body: Buffer, accessKeyId: string): void {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? '');
  if (!parts) throw new S3TestError(403, 'AccessDenied', 'The request is not signed.');
  const [, credential, day = '', signed = ''] = parts;
  if (credential !== accessKeyId) throw new S3TestError(403, 'InvalidAccessKeyId');
  const names = signed.split(';');
  for (const name of ['host', 'x-amz-content-sha256', 'x-amz-date']) {
    if (!names.includes(name)) throw new S3TestError(403, 'AccessDenied', `${name} is not signed.`);
  }
  const stamp = String(request.headers['x-amz-date']);
  const time = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!stamp.startsWith(day) || !(Math.abs(Date.now() - time) < FIFTEEN_MINUTES_MS)) {
    throw new S3TestError(403, 'RequestTimeTooSkewed');
  }
  const claimed = request.headers['x-amz-content-sha256'];
  // A streamed upload is not hashed before it is sent.
  if (claimed !== 'UNSIGNED-PAYLOAD' && claimed !== createHash('sha256').update(body).digest('hex')) {
    throw new S3TestError(400, 'XAmzContentSHA256Mismatch');
  }
}

/** DeleteObjects is refused without a right checksum of its body. `needsMd5`: as stores do that know no other. */
export function checkIntegrity(request: IncomingMessage, body: Buffer, needsMd5: boolean): void {
  const md5 = request.headers['content-md5'];
  const crc = request.headers['x-amz-checksum-crc32'];
  if (!md5 && (needsMd5 || !crc)) {
    throw new S3TestError(400, 'InvalidRequest', 'Missing required header for this request: Content-MD5');
  }
  const crcBytes = Buffer.alloc(4);
  crcBytes.writeUInt32BE(crc32(body));
  const wrong =
    (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64')) ||
    (crc !== undefined && crc !== crcBytes.toString('base64'));
  if (wrong) throw new S3TestError(400, 'BadDigest');
}
