import { z } from 'zod';
import type { ChainLink } from '../seal/statement';

/** The version of the manifest, and so of the columns of the object beside it. */
export const MANIFEST_FORMAT = 'lapse-audit-archive/1';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const whole = z.int().min(0);
const instant = z.iso.datetime({ precision: 6 });
const link = z.strictObject({ sequence: z.int().min(1), body: z.string(), signature: z.base64() });

const manifest = z.strictObject({
  format: z.literal(MANIFEST_FORMAT, 'this is no manifest of an archive of audit events'),
  tier: z.enum(['warm', 'cold']),
  /** The UTC day of the segments; for a month, its first day. */
  period: z.iso.date(),
  part: z.int().min(1),
  /** The name of the object; it lies beside this file. */
  object: z.string().regex(/^[0-9a-z.-]+\.parquet$/),
  rows: whole,
  bytes: whole,
  sha256: hash,
  /** The range of time_started; null without rows. */
  started: z.strictObject({ first: instant, last: instant }).nullable(),
  streams: z.array(z.string()),
  /** In the order of their rows, which is that of their ids. */
  segments: z
    .array(
      z.strictObject({
        id: z.int().min(1),
        window: z.strictObject({ start: instant, end: instant }),
        late: z.boolean(),
        events: whole,
        root: hash,
        /** The signed checkpoint that names it. */
        checkpoint: link,
        /** What of it went for good while nothing was archived; left out when it is all there. */
        removed: z
          .strictObject({
            /** The place of each in the tree, from 0, in order, with the hash of its leaf: so that the root is still proven. */
            leaves: z.array(z.tuple([whole, hash])).min(1),
            /** The numbers of the statements that removed them; they are among `statements`. */
            statements: z.array(z.int().min(1)).min(1),
          })
          .exactOptional(),
      }),
    )
    .refine((named) => new Set(named.map(({ id }) => id)).size === named.length, 'a segment is named twice'),
  /**
   * Of each cut of a single stream that is named above, the hashes of all that it removed, in base64: they give the root that
   * its statement signed. Left out when there is none.
   */
  cuts: z.array(z.strictObject({ statement: z.int().min(1), leaves: z.base64() })).exactOptional(),
  /**
   * The statements of the chain that are needed to check the checkpoints without any server: each key until then, and what
   * else was signed since the archives before.
   */
  statements: z.array(link),
});

export type Manifest = z.output<typeof manifest>;
export type ManifestSegment = Manifest['segments'][number];
export type ManifestCut = NonNullable<Manifest['cuts']>[number];
export type ManifestLink = z.output<typeof link>;

/** The text of a manifest as it is stored, for people as well. */
export const writeManifest = (value: Manifest): string => `${JSON.stringify(value, null, 1)}\n`;

/** Reads a manifest; null with the reason in `why` when it is none. */
export function readManifest(text: string): { manifest: Manifest } | { manifest: null; why: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { manifest: null, why: 'it is no JSON' };
  }
  const read = manifest.safeParse(value);
  return read.success
    ? { manifest: read.data }
    : { manifest: null, why: z.prettifyError(read.error).replaceAll(/\s+/g, ' ') };
}

export const asManifestLink = ({ sequence, body, signature }: ChainLink): ManifestLink => ({
  sequence,
  body,
  signature: Buffer.from(signature).toString('base64'),
});

export const asChainLink = ({ sequence, body, signature }: ManifestLink): ChainLink => ({
  sequence,
  body,
  signature: Buffer.from(signature, 'base64'),
});
