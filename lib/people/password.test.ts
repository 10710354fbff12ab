import { expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password';

it('keeps passwords as argon2id with the parameters of OWASP and a salt of their own', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword(one, 'correct horse')).toBe(true);
  expect(await verifyPassword(one, 'correct horse ')).toBe(false);
});

it('works as hard for a name that does not exist', async () => {
  await verifyPassword(null, 'warm up');
  const known = await hashPassword('correct horse');
  const time = async (hash: string | null) => {
    const start = performance.now();
    for (let i = 0; i < 5; i += 1) expect(await verifyPassword(hash, 'wrong')).toBe(false);
    return performance.now() - start;
  };
  const [withAccount, without] = [await time(known), await time(null)];
  // Wide, because the machine may be busy: without the work the ratio would be near zero.
  expect(without / withAccount).toBeGreaterThan(0.25);
});
