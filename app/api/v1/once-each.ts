import 'server-only';
import { invalid } from '@/lib/platform/errors';

/** The parameters of a query; an empty one is as good as none. Throws 'invalid' for one that is given twice. */
export function onceEach(query: URLSearchParams): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [name, value] of query) {
    if (value.trim() === '') continue;
    if (name in found)
      throw invalid(`${name}: it is given twice: give one value`, { [name]: 'give one value' });
    found[name] = value.trim();
  }
  return { ...found };
}
