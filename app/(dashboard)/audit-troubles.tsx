import 'server-only';
import { cache } from 'react';
import { SIZE_PATH } from '@/components/audit-size/size-filters';
import { troubleHref } from '@/components/audit-size/trouble-href';
import { type Trouble, TroubleLink } from '@/components/shell/trouble-link';
import { logTroubles } from '@/lib/audit/status/log-troubles';
import { getContext } from '../session';

const load = cache(async (): Promise<Trouble[]> => {
  const ctx = await getContext();
  try {
    return (await logTroubles(ctx)).map((trouble) => ({ words: trouble.words, href: troubleHref(trouble) }));
  } catch (error) {
    // A sign in the shell must not take the page with it.
    ctx.log.error({ err: error }, 'the state of the audit log could not be read');
    return [{ words: 'The state of the audit log could not be read.', href: '/jobs' }];
  }
});

/** What the shell shows of the audit log's troubles (O5); it is read once for both places. */
export async function AuditTroubles({ isNarrow = false }: { isNarrow?: boolean }) {
  return <TroubleLink troubles={await load()} href={SIZE_PATH} isNarrow={isNarrow} />;
}
