import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';

const FOLDERS = ['app', 'components', 'lib', 'db', 'inngest', 'cli'];

describe('the house', () => {
  it('imports run one way, without cycles', async () => {
    const config = (await import('../.dependency-cruiser.mjs')).default;
    const { output } = await cruise(FOLDERS, {
      ...config.options,
      ruleSet: { forbidden: config.forbidden as IForbiddenRuleType[] },
      validate: true,
    } as ICruiseOptions);
    const { summary } = output as ICruiseResult;

    // A parser that cannot read the sources finds no modules and no faults: that is not a success.
    expect(summary.totalCruised).toBeGreaterThan(100);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  }, 60_000);

  it('migrations are named by number, verb and noun', () => {
    for (const file of readdirSync('db/migrations').filter((name) => name.endsWith('.sql'))) {
      expect(file).toMatch(/^\d{4}(_[a-z0-9]+){2,}\.sql$/);
    }
  });

  it('the lockfile names packages and hashes, never the address of a registry', () => {
    const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>;
    };
    const resolved = Object.values(lockfile.packages).filter((entry) => entry.resolved !== undefined);
    expect(resolved).toEqual([]);
  });

  it('the lockfile holds the optional packages of every platform', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([at, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[path.posix.join(at, 'node_modules', name)],
      ),
    );
    expect(missing).toEqual([]);
  });
});
