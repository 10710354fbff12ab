import { serve } from 'inngest/next';
import { inngest } from '@/inngest/client';
import {
  applyLogRetentionToAll,
  applyLogRetentionToChallenge,
} from '@/inngest/functions/apply-log-retention';
import { applyOverrideChanges } from '@/inngest/functions/apply-override-changes';
import { archiveAuditLog } from '@/inngest/functions/archive-audit-log';
import { cleanupAnonymousData } from '@/inngest/functions/cleanup-anonymous-data';
import { cleanupExpiredSubmissionArtifacts } from '@/inngest/functions/cleanup-expired-submission-artifacts';
import { maintainAuditLog } from '@/inngest/functions/maintain-audit-log';
import { reconcileArtifactsFunction } from '@/inngest/functions/reconcile-artifacts';
import { retryFailedAnonymousDeletions } from '@/inngest/functions/retry-failed-anonymous-deletions';
import { retryFailedArtifactDeletions } from '@/inngest/functions/retry-failed-artifact-deletions';
import { retryFailedNotices } from '@/inngest/functions/retry-failed-notices';
import { updateSubmissionRetentionDates } from '@/inngest/functions/update-submission-retention-dates';
import { verifyAuditLog } from '@/inngest/functions/verify-audit-log';
import { weeklyRetentionNotificationsAndConsentLog } from '@/inngest/functions/weekly-retention-notifications-and-consent-log';

export const dynamic = 'force-dynamic';
/** Seconds; a step works for some 20 of them. */
export const maxDuration = 300;

/** Where Inngest, or the embedded runner, asks for the jobs and runs them. Every request must be signed. */
export const { GET, POST, PUT } = serve({
  client: inngest,
  functions: [
    cleanupExpiredSubmissionArtifacts,
    retryFailedArtifactDeletions,
    cleanupAnonymousData,
    retryFailedAnonymousDeletions,
    updateSubmissionRetentionDates,
    weeklyRetentionNotificationsAndConsentLog,
    retryFailedNotices,
    applyOverrideChanges,
    reconcileArtifactsFunction,
    maintainAuditLog,
    archiveAuditLog,
    verifyAuditLog,
    applyLogRetentionToAll,
    applyLogRetentionToChallenge,
  ],
  enableUnauthedSync: false,
});
