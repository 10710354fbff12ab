import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { planApprovals } from '@/db/schema/deletion';
import { people } from '@/db/schema/people';
import { type Actor, actorPersonId } from '@/lib/people/actor';
import { approvalCounts } from '@/lib/people/admin-since';
import type { ApprovingAdmin } from '@/lib/people/enabled-admin';
import { formatBytes, formatCount, formatNumber } from '@/lib/platform/format';
import { readSettingAt } from '@/lib/settings/read-setting';
import type { Lately } from './requested-lately';
import type { Plan } from './source';

/** An approval of the plan with the hash that it has now. */
export interface PlanApproval {
  id: string;
  personId: number;
  name: string;
  at: Date;
  notes: string | null;
  /**
   * False when the person is no admin any more, or disabled, or was none for 7 days when the plan was made: it is shown, and
   * counts no more.
   */
  counts: boolean;
}

export interface ApprovalLimits {
  files: number;
  bytes: number;
}

/** The limits in force at `now`. */
export async function readApprovalLimits(db: Queryable, now: Date): Promise<ApprovalLimits> {
  return {
    files: await readSettingAt(db, 'approval.above-files', now),
    bytes: await readSettingAt(db, 'approval.above-bytes', now),
  };
}

/** What a plan may have of the limit of files without a second admin while it holds files whose size nobody knows. */
const SHARE_OF_UNKNOWN_SIZE = 0.01;

type Measured = Pick<Plan, 'files' | 'bytes' | 'filesOfUnknownSize' | 'transcripts'>;

/** Why a run by hand of the plan needs a second admin (B2), in a sentence; null when it does not. */
export function whyApprovalIsNeeded(
  { files, bytes, filesOfUnknownSize, transcripts }: Measured,
  limits: ApprovalLimits,
): string | null {
  // Some have no file, and each of them is lost for good all the same.
  if (transcripts > files && transcripts > limits.files) {
    return `It deletes ${formatCount(transcripts, 'transcript')}; a plan of more than ${formatNumber(limits.files)} needs a second admin.`;
  }
  if (files > limits.files) {
    return `It deletes ${formatCount(files, 'file')}; a plan of more than ${formatCount(limits.files, 'file')} needs a second admin.`;
  }
  if (bytes > limits.bytes) {
    return `It deletes ${formatBytes(bytes)}; a plan of more than ${formatBytes(limits.bytes)} needs a second admin.`;
  }
  const withUnknown = Math.floor(limits.files * SHARE_OF_UNKNOWN_SIZE);
  if (filesOfUnknownSize > 0 && files > withUnknown) {
    return `Nobody knows how large ${formatNumber(filesOfUnknownSize)} of its ${formatCount(files, 'file')} ${filesOfUnknownSize === 1 ? 'is' : 'are'}; a plan of more than ${formatCount(withUnknown, 'file')} with such files needs a second admin.`;
  }
  return null;
}

/**
 * The same for the plan together with what `lately` says was asked for in the last 24 hours by `whom` ('you', 'its maker');
 * many plans within the limits are together one above them.
 */
export function whyApprovalIsNeededWith(
  plan: Measured,
  limits: ApprovalLimits,
  { lately, whom }: { lately: Lately; whom: string },
): string | null {
  const alone = whyApprovalIsNeeded(plan, limits);
  if (alone !== null) return alone;
  const { filesOfUnknownSize } = plan;
  const [files, bytes] = [Math.max(plan.files, plan.transcripts) + lately.files, plan.bytes + lately.bytes];
  const together = whyApprovalIsNeeded({ files, bytes, filesOfUnknownSize, transcripts: 0 }, limits);
  if (together === null) return null;
  const what =
    plan.transcripts > plan.files
      ? formatCount(files, 'file or transcript', 'files or transcripts')
      : formatCount(files, 'file');
  const size = `${what} (${formatBytes(bytes)})`;
  const most = `${formatCount(limits.files, 'file')} or ${formatBytes(limits.bytes)}`;
  return filesOfUnknownSize > 0 && files <= limits.files && bytes <= limits.bytes
    ? `With what ${whom} ran in the last 24 hours it deletes ${size}, and nobody knows how large ${formatNumber(filesOfUnknownSize)} of its files are: that needs a second admin.`
    : `With what ${whom} ran in the last 24 hours it deletes ${size}; more than ${most} in a day needs a second admin.`;
}

/** The approvals of each of the plans, oldest first. */
export async function approvalsOf(
  db: Queryable,
  plans: readonly Pick<Plan, 'id' | 'hash' | 'createdAt'>[],
): Promise<Map<string, PlanApproval[]>> {
  const found = new Map<string, PlanApproval[]>(plans.map(({ id }) => [id, []]));
  if (plans.length === 0) return found;
  const byId = new Map(plans.map((plan) => [plan.id, plan]));
  const rows = await db
    .select({ approval: planApprovals, person: people })
    .from(planApprovals)
    .innerJoin(people, eq(people.id, planApprovals.approvedBy))
    .where(inArray(planApprovals.planId, [...found.keys()]))
    .orderBy(asc(planApprovals.approvedAt), asc(planApprovals.id));
  for (const { approval, person } of rows) {
    // It holds for the plan with this hash and no other.
    const plan = byId.get(approval.planId);
    if (plan?.hash !== approval.planHash) continue;
    found.get(plan.id)?.push({
      id: approval.id,
      personId: person.id,
      name: person.displayName,
      at: approval.approvedAt,
      notes: approval.notes,
      counts:
        person.role === 'admin' &&
        person.disabledAt === null &&
        approvalCounts(person.adminSince, plan.createdAt),
    });
  }
  return found;
}

/**
 * How many admins must approve a plan above the limits: one besides the person who made it or asks for its run. Two where
 * neither is known, as on the command line: whoever has the shell there may be one of them.
 */
export function approvalsNeeded(requester: Actor, plan: Pick<Plan, 'createdBy'>): 1 | 2 {
  return plan.createdBy === null && actorPersonId(requester) === null ? 2 : 1;
}

/** How many approvals are missing yet, of others than the plan's maker and the one who asks for the run. */
export function approvalsMissing(
  requester: Actor,
  plan: Pick<Plan, 'createdBy'>,
  approvals: readonly PlanApproval[],
): number {
  const asking = actorPersonId(requester);
  // Nobody approves a plan twice, so each of them is another person.
  const counting = approvals.filter(
    ({ personId, counts }) => counts && personId !== plan.createdBy && personId !== asking,
  );
  return Math.max(0, approvalsNeeded(requester, plan) - counting.length);
}

export interface EnabledAdmin extends ApprovingAdmin {
  name: string;
}

/** The enabled admins, by name. */
export async function enabledAdmins(db: Queryable): Promise<EnabledAdmin[]> {
  return db
    .select({ personId: people.id, name: people.displayName, adminSince: people.adminSince })
    .from(people)
    .where(and(eq(people.role, 'admin'), isNull(people.disabledAt)))
    .orderBy(asc(people.displayName), asc(people.id))
    .limit(100);
}
