import { asChainLink, type Manifest, type ManifestLink } from '../archive/manifest';
import { joinRanges, type NumberRange, without } from '../seal/number-ranges';
import { type ChainLink, type ExpireStatement, readStatement } from '../seal/statement';
import { ChainVerifier, type KnownKey, type Problem, type TrustedKeys } from './chain';

export interface FolderChain {
  /** The first and the last that is carried for its own sake; null when there is none. */
  statements: { first: number; last: number } | null;
  keys: KnownKey[];
  /** Of archives that lawfully are no more. */
  expiries: ExpireStatement[];
  problems: Problem[];
}

/**
 * Checks the statements that the manifests of a folder hold together: each signature, each link, each key. What is missing
 * before the first archive is none of the folder; a gap after that is a finding, unless an archive with just these
 * statements expired, as a signed statement of the folder says.
 */
export function checkFolderChain(manifests: readonly Manifest[], trusted: TrustedKeys = {}): FolderChain {
  const { links, problems } = collect(manifests);
  const chain = new ChainVerifier(trusted);
  const gaps: NumberRange[] = [];
  const expiries: ExpireStatement[] = [];
  let statements = null as FolderChain['statements'];
  for (const link of links) {
    if (link.sequence !== chain.length + 1) {
      if (statements) gaps.push([chain.length + 1, link.sequence - 1]);
      chain.skipTo(link);
    }
    const statement = chain.add(link);
    if (statement?.kind === 'expire') expiries.push(statement);
    if (isCarriedAlong(link) && !statements) continue;
    statements = { first: statements?.first ?? link.sequence, last: link.sequence };
  }
  const expired = joinRanges(expiries.flatMap((statement) => statement.statements));
  const missing = gaps.flatMap((gap) => without(gap, expired)).map(gapWords);
  return { statements, keys: chain.keys, expiries, problems: [...problems, ...chain.problems, ...missing] };
}

/** Such statements are in archives of later days as well. */
function isCarriedAlong({ body }: ChainLink): boolean {
  const kind = readStatement(body)?.kind;
  return kind === 'key' || kind === 'expire';
}

/** Each statement once, in order. Two manifests that say different things under one number are a finding. */
function collect(manifests: readonly Manifest[]) {
  const bySequence = new Map<number, ManifestLink>();
  const problems: Problem[] = [];
  for (const { segments, statements } of manifests) {
    for (const link of [...statements, ...segments.map(({ checkpoint }) => checkpoint)]) {
      const known = bySequence.get(link.sequence);
      if (known && (known.body !== link.body || known.signature !== link.signature)) {
        problems.push({ kind: 'chain', words: `There are two different statements ${link.sequence}.` });
      }
      bySequence.set(link.sequence, known ?? link);
    }
  }
  const links = [...bySequence.values()].sort((a, b) => a.sequence - b.sequence).map(asChainLink);
  return { links, problems };
}

const gapWords = ([first, last]: NumberRange): Problem => ({
  kind: 'chain',
  words: `${first === last ? `Statement ${first} is` : `Statements ${first} to ${last} are`} in no archive of the folder.`,
});
