import { enterApi } from '@/app/api/enter-api';
import { otherMethods } from '@/app/api/other-methods';
import { consentStatus } from '@/lib/consent/consent-status';
import { challengePk, referenceAnswer } from '../../reference-answer';

/** Whether there is consent, and whether the caller may give it; hosts, admins and auditors see by whom, too (E19). */
export function GET(
  request: Request,
  { params }: { params: Promise<{ challengePk: string }> },
): Promise<Response> {
  return referenceAnswer(async () => {
    const ctx = await enterApi(request);
    const status = await consentStatus(ctx, challengePk((await params).challengePk));
    const { details } = status;
    return {
      body: {
        challenge_id: status.challengeId,
        challenge_title: status.challengeTitle,
        has_consent: status.hasConsent,
        is_host: status.isHost,
        can_provide_consent: status.canProvideConsent,
        ...(details && {
          consent_date: details.consent?.at.toISOString() ?? null,
          consent_by: details.consent?.by.username ?? null,
          retention_notes: details.notes,
          custom_policies: {
            log_retention_days_override: details.logRetentionDaysOverride,
            artifact_retention_days_override: details.artifactRetentionDaysOverride,
          },
        }),
      },
    };
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
