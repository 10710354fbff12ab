import { enterApi } from '@/app/api/enter-api';
import { otherMethods } from '@/app/api/other-methods';
import { retentionInfo } from '@/lib/retention/retention-info';
import { challengePk, referenceAnswer } from '../../reference-answer';

const POLICY_DESCRIPTIONS = {
  log_retention:
    'Days for which the log service keeps the worker logs of the challenge; it expires events by their own age',
  artifact_retention: 'Days after the end of a phase before the files of its submissions may be deleted',
};

/** All that applies to a challenge (E21). What only hosts, admins and auditors see is null for others. */
export function GET(
  request: Request,
  { params }: { params: Promise<{ challengePk: string }> },
): Promise<Response> {
  return referenceAnswer(async () => {
    const ctx = await enterApi(request);
    const { status, latestPhaseEnd, days } = await retentionInfo(
      ctx,
      challengePk((await params).challengePk),
    );
    const { details, isHost, hasConsent } = status;
    return {
      body: {
        challenge_id: status.challengeId,
        challenge_title: status.challengeTitle,
        retention_policy: {
          has_consent: hasConsent,
          consent_date: details?.consent?.at.toISOString() ?? null,
          consent_by: details?.consent?.by.username ?? null,
          notes: details?.notes ?? null,
        },
        user_permissions: {
          is_host: isHost,
          can_provide_consent: status.canProvideConsent,
          can_manage_retention: isHost && hasConsent,
        },
        current_policies: {
          log_retention_days_override: details?.logRetentionDaysOverride ?? null,
          artifact_retention_days_override: details?.artifactRetentionDaysOverride ?? null,
        },
        calculated_retention: {
          default_retention_days: days,
          latest_phase_end_date: latestPhaseEnd?.toISOString() ?? null,
        },
        policy_descriptions: POLICY_DESCRIPTIONS,
      },
    };
  });
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET', 'HEAD');
