import { readdirSync } from 'node:fs';
import path from 'node:path';
import { NextRequest } from 'next/server';
import { describe, expect, test, vi } from 'vitest';
import { proxy } from '@/proxy';

// It only keeps server code out of the browser's bundle.
vi.mock('server-only', () => ({}));

const ALL = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;
type Method = (typeof ALL)[number];
type Handler = (request: Request) => Response | Promise<Response>;

/** Answered by libraries, or by one handler for all. */
const OTHERS = ['auth/[...nextauth]', 'inngest', '[...unknown]'];
const routes = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'route.ts' && !OTHERS.includes(path.dirname(file)))
  .map((file) => path.dirname(file))
  .sort();

describe('B9: what an address does not have', () => {
  test.each(routes)(
    '%s refuses other methods with a problem document that says which it has',
    async (route) => {
      const module: Partial<Record<Method, Handler>> = await import(
        path.join(import.meta.dirname, route, 'route.ts')
      );
      const ask = (method: Method) => module[method]?.(new Request(`http://x/api/${route}`, { method }));
      const options = await ask('OPTIONS');
      expect(options?.status).toBe(204);
      const allowed = options!.headers.get('allow')!.split(', ');
      for (const method of ALL) {
        if (allowed.includes(method)) {
          expect(module[method === 'HEAD' ? 'GET' : method]).toBeDefined();
          continue;
        }
        const refused = (await ask(method))!;
        expect([method, refused.status, refused.headers.get('content-type')]).toEqual([
          method,
          405,
          'application/problem+json',
        ]);
        expect(refused.headers.get('allow')).toBe(allowed.join(', '));
        const body = await refused.json();
        expect(body).toMatchObject({
          status: 405,
          detail: `${method} is not allowed here: use ${allowed.join(', ')}.`,
        });
        expect(body.error).toBe(route.startsWith('challenges/') ? body.detail : undefined);
      }
      expect(allowed.length).toBeLessThan(ALL.length);
    },
  );

  test.each(['/api/challenges/%ff/retention-info', '/api/v1/runs/%e0%a4', '/api/%', '/api/health/%ff'])(
    '%s is no address at all, which is the asker’s mistake',
    async (address) => {
      const answer = await proxy(new NextRequest(`http://localhost${address}`));
      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
      expect(await answer.json()).toMatchObject({ status: 400, title: 'Bad Request' });
    },
  );
});
