import 'server-only';
import { cache } from 'react';
import { troubleHref } from '@/components/audit-size/trouble-href';
import { TroubleLink } from '@/components/shell/trouble-link';
import { logTroubles } from '@/lib/audit/status/log-troubles';
import { getContext } from '../session';

const load = cache(async () => logTroubles(await getContext()));

/** What the shell shows of the audit log's troubles (O5); it is read once for both places. */
export async function AuditTroubles({ isNarrow = false }: { isNarrow?: boolean }) {
  const troubles = (await load()).map((trouble) => ({ words: trouble.words, href: troubleHref(trouble) }));
  return <TroubleLink troubles={troubles} href="/audit-log/size" isNarrow={isNarrow} />;
}
