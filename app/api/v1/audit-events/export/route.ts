import { download } from '@/app/api/download';
import { enterApi } from '@/app/api/enter-api';
import { otherMethods } from '@/app/api/other-methods';
import { answer } from '@/app/api/problem';
import { type AuditExportFacts, exportAuditLog } from '@/lib/audit/export/export-audit-log';
import { exportHeaders, exportInputOfQuery } from '@/lib/audit/export/export-query';
import { inQueryNames } from '@/lib/audit/in-query-names';
import { onceEach } from '../../once-each';

/**
 * The audit log as a file (B7): `?format=csv`, `ndjson` or `parquet`, the filters of the list, and the half-open window
 * `recorded_from` and `recorded_to` of when events became final; `partial=true` takes what is left of one.
 */
export function GET(request: Request): Promise<Response> {
  return answer(async () => {
    const ctx = await enterApi(request);
    const input = exportInputOfQuery(onceEach(new URL(request.url).searchParams));
    let facts: AuditExportFacts | null = null;
    const onOpen = (known: AuditExportFacts) => {
      facts = known;
    };
    const headers = () => (facts ? exportHeaders(facts) : {});
    const file = { subject: 'audit-log', format: input.format, at: ctx.clock.now(), headers };
    return download(file, (write) =>
      inQueryNames(() => exportAuditLog(ctx, input, { write, onOpen, signal: request.signal })),
    );
  });
}

// HEAD too: left to itself, Next would begin an export for it that nobody reads.
export const { DELETE, HEAD, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');
