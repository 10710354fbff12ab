import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eachLeaf, HASH_BYTES, inclusionPath, MerkleRoot, rootFromPath, rootOf } from './merkle-tree';

const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafOf = (text: string) => sha256(Buffer.from([0]), Buffer.from(text, 'hex'));

/** The inputs of the reference implementation of RFC 6962 (certificate-transparency, merkletree tests), in hex. */
const INPUTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
/** Its roots over the first 1 to 8 of them. */
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leavesOf = (count: number) =>
  Buffer.concat(Array.from({ length: count }, (_, index) => sha256(Buffer.from(`leaf ${index}`))));

/** RFC 6962, 2.1, word for word. */
function definition(leaves: Uint8Array[]): Buffer {
  const [only] = leaves;
  if (!only) return sha256();
  if (leaves.length === 1) return Buffer.from(only);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.from([1]), definition(leaves.slice(0, k)), definition(leaves.slice(k)));
}

describe('the root', () => {
  test('B4: is that of the reference implementation of RFC 6962', () => {
    for (const [index, root] of ROOTS.entries()) {
      const leaves = Buffer.concat(INPUTS.slice(0, index + 1).map(leafOf));
      expect(rootOf(leaves).toString('hex'), `${index + 1} leaves`).toBe(root);
    }
    expect(rootOf(Buffer.alloc(0)).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test('B4: follows the definition at every size, and at every size on the way', () => {
    const tree = new MerkleRoot();
    const leaves = [...eachLeaf(leavesOf(130))];
    for (const [index, leaf] of leaves.entries()) {
      expect(tree.root()).toEqual(definition(leaves.slice(0, index)));
      tree.add(leaf);
      expect(tree.size).toBe(index + 1);
    }
    expect(tree.root()).toEqual(definition(leaves));
  });

  test('a cut hash is refused', () => {
    expect(() => rootOf(Buffer.alloc(HASH_BYTES + 1))).toThrow(/no whole number/);
    expect(() => new MerkleRoot().add(Buffer.alloc(HASH_BYTES - 1))).toThrow('has 32 bytes, not 31');
  });
});

describe('an inclusion proof', () => {
  test('B4: leads from every leaf of every tree to its root, and from no other leaf or place', () => {
    for (let size = 1; size <= 40; size++) {
      const leaves = leavesOf(size);
      const root = rootOf(leaves);
      for (let index = 0; index < size; index++) {
        const path = inclusionPath(leaves, index);
        const leaf = leaves.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
        expect(rootFromPath(leaf, { index, size, path })).toEqual(root);
        const other = leaves.subarray(((index + 1) % size) * HASH_BYTES).subarray(0, HASH_BYTES);
        if (size > 1) expect(rootFromPath(other, { index, size, path })).not.toEqual(root);
        for (let place = 0; place < size; place++) {
          if (place !== index) expect(rootFromPath(leaf, { index: place, size, path })).not.toEqual(root);
        }
      }
    }
  });

  test('B4: a path that is cut, lengthened or altered leads nowhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.nat(), fc.nat(), (size, pick, bit) => {
        const [leaves, index] = [leavesOf(size), pick % size];
        const root = rootOf(leaves);
        const path = inclusionPath(leaves, index);
        const leaf = leaves.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
        const altered = path.map((hash) => Buffer.from(hash));
        const victim = altered[bit % altered.length]!;
        victim[bit % HASH_BYTES]! ^= 1 << (bit % 8);
        const cut = path.map((hash, place) => (place === bit % path.length ? hash.subarray(0, -1) : hash));
        for (const wrong of [path.slice(1), path.slice(0, -1), [...path, root], altered, cut]) {
          expect(rootFromPath(leaf, { index, size, path: wrong })).not.toEqual(root);
        }
        expect(rootFromPath(leaf.subarray(0, -1), { index, size, path })).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  test.each([-1, 3, 1.5, Number.NaN])('there is none for place %s of a tree of 3', (index) => {
    expect(() => inclusionPath(leavesOf(3), index)).toThrow(RangeError);
    expect(rootFromPath(leavesOf(1), { index, size: 3, path: [] })).toBeNull();
  });
});
