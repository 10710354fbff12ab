import { asChainLink, type Manifest, type ManifestLink } from '../archive/manifest';
import { readStatement } from '../seal/statement';
import { ChainVerifier, type KnownKey, type Problem } from './chain';

export interface FolderChain {
  /** The first and the last that is no mere key; null when there is none. */
  statements: { first: number; last: number } | null;
  keys: KnownKey[];
  problems: Problem[];
}

/**
 * Checks the statements that the manifests of a folder hold together: each signature, each link, each key. What is missing
 * before the first archive is none of the folder; a gap after that is a finding.
 */
export function checkFolderChain(manifests: readonly Manifest[], expectedKey: string | null): FolderChain {
  const { links, problems } = collect(manifests);
  const chain = new ChainVerifier(expectedKey);
  const gaps: Problem[] = [];
  let statements = null as FolderChain['statements'];
  for (const link of links) {
    if (link.sequence !== chain.length + 1) {
      if (statements) gaps.push(gap(chain.length + 1, link.sequence - 1));
      chain.skipTo(link);
    }
    chain.add(link);
    if (readStatement(link.body)?.kind === 'key' && !statements) continue;
    statements = { first: statements?.first ?? link.sequence, last: link.sequence };
  }
  return { statements, keys: chain.keys, problems: [...problems, ...chain.problems, ...gaps] };
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

const gap = (first: number, last: number): Problem => ({
  kind: 'chain',
  words: `${first === last ? `Statement ${first} is` : `Statements ${first} to ${last} are`} in no archive of the folder.`,
});
