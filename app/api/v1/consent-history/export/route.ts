import { download } from '@/app/api/download';
import { enterApi } from '@/app/api/enter-api';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { zoneOf } from '@/lib/challenges/person-zone';
import { readConsentFilters } from '@/lib/consent/consent-filters';
import { exportConsentHistory } from '@/lib/consent/export-consent-history';
import { exportFormat } from '@/lib/platform/export/row-format';
import { onceEach } from '../../once-each';

/**
 * The history of consent as a file (B7): `?format=csv` or `ndjson`, and the filters of the screen. Days are those of the
 * person's zone; of UTC for a token.
 */
export function GET(request: Request): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const { format: named, ...texts } = onceEach(new URL(request.url).searchParams);
    const format = exportFormat(named);
    const filters = readConsentFilters(texts, zoneOf(ctx.actor));
    return download({ subject: 'consent-history', format, at: ctx.clock.now() }, (write) =>
      exportConsentHistory(ctx, { format, ...filters }, write),
    );
  });
}

// HEAD too: left to itself, Next would begin an export for it that nobody reads.
export const { DELETE, HEAD, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');
