import { and, asc, eq, gt, inArray, lte, max, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { challenges } from '@/db/schema/challenges';
import { consentEvents } from '@/db/schema/consent';
import { people } from '@/db/schema/people';
import { audited } from '@/lib/audit/record';
import type { Context } from '@/lib/people/context';
import { LapseError } from '@/lib/platform/errors';
import { EXPORT_FORMATS, type Write, writeRows } from '@/lib/platform/export/row-format';
import { ReaderGone } from '@/lib/platform/export/stream-of';
import { parse } from '@/lib/platform/parse';
import { type ConsentExportRow, consentRowFormat } from './consent-export-rows';
import { consentFilterFields } from './consent-history';
import {
  type ConsentView,
  consentViewOf,
  matches,
  noConsentView,
  refusalOfChallenge,
  teamsOf,
} from './visible-consent';

/** Rows of a batch; each has a text of some kilobytes. */
const BATCH = 500;

const exportInput = z.strictObject({
  format: z.enum(EXPORT_FORMATS, `use one of ${EXPORT_FORMATS.join(', ')}`),
  ...consentFilterFields,
});
export type ConsentExportInput = z.input<typeof exportInput>;

/**
 * Writes the decisions that the filters let through into a file, oldest first: those that were committed when it begins,
 * each once, and none that was begun later. Hosts get those of their challenges and no addresses of people, which no screen
 * of theirs shows; admins, auditors and tokens that read reports get all. Between two batches no connection is held. The
 * audit event says the format, the filters, how many rows were taken, and how it ended. Throws 'invalid', 'forbidden', and
 * ReaderGone when `write` does.
 */
export async function exportConsentHistory(
  ctx: Context,
  args: ConsentExportInput,
  write: Write,
): Promise<{ rows: number }> {
  const { format, ...filters } = parse(exportInput, args);
  const target = filters.challengeId === undefined ? {} : { target: `challenge:${filters.challengeId}` };
  return audited(ctx, { action: 'consent-history.export', ...target }, async (event) => {
    let rows = 0;
    const note = (outcome: Outcome) => event.note({ newValue: { format, filters, rows, outcome } });
    try {
      const view = await enter(ctx, filters.challengeId);
      const fileFormat = consentRowFormat(format, { withEmail: view === 'all' });
      await writeRows(fileFormat, batches(ctx, view, matches(filters)), write, (taken) => {
        rows += taken;
      });
      note('complete');
      return { rows };
    } catch (error) {
      note(outcomeOf(error));
      throw error;
    }
  });
}

type Outcome = 'complete' | 'aborted' | 'refused' | 'failed';

function outcomeOf(error: unknown): Outcome {
  if (error instanceof ReaderGone) return 'aborted';
  return error instanceof LapseError && error.code === 'forbidden' ? 'refused' : 'failed';
}

async function enter(ctx: Context, challengeId: number | undefined): Promise<ConsentView> {
  const view = consentViewOf(ctx.actor);
  if (view === null) throw noConsentView(ctx.actor);
  const refusal = await refusalOfChallenge(ctx, challengeId);
  if (refusal) throw refusal;
  return view;
}

/** What may be seen and what is the last decision are settled once, so that nothing which happens meanwhile shows. */
async function* batches(
  ctx: Context,
  view: ConsentView,
  filters: SQL | undefined,
): AsyncGenerator<ConsentExportRow[]> {
  const [newest] = await ctx.db.select({ sequence: max(consentEvents.sequence) }).from(consentEvents);
  if (!newest || newest.sequence === null) return;
  const scope = and(filters, await viewNow(ctx, view), lte(consentEvents.sequence, newest.sequence));
  let after = 0;
  for (;;) {
    const rows = await readBatch(ctx, and(scope, gt(consentEvents.sequence, after)));
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    after = last.sequence;
  }
}

/** A person who leaves a team while his file is written would otherwise get one that only seems to be complete. */
async function viewNow(ctx: Context, view: ConsentView): Promise<SQL | undefined> {
  if (view === 'all') return undefined;
  const teams = await teamsOf(ctx.db, view.personId);
  return inArray(
    challenges.creatorTeamId,
    teams.map(({ teamId }) => teamId),
  );
}

function readBatch(ctx: Context, where: SQL | undefined): Promise<ConsentExportRow[]> {
  return ctx.db
    .select(columns)
    .from(consentEvents)
    .innerJoin(challenges, eq(challenges.id, consentEvents.challengeId))
    .innerJoin(people, eq(people.id, consentEvents.personId))
    .where(where)
    .orderBy(asc(consentEvents.sequence))
    .limit(BATCH);
}

const columns = {
  sequence: consentEvents.sequence,
  id: consentEvents.id,
  /** Text, because a Date would cut the microseconds. */
  at: sql<string>`to_char(${consentEvents.at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  action: consentEvents.action,
  challengeId: consentEvents.challengeId,
  challengeTitle: challenges.title,
  personId: people.id,
  username: people.username,
  displayName: people.displayName,
  email: people.email,
  channel: consentEvents.channel,
  notes: consentEvents.notes,
  policyVersion: consentEvents.policyVersion,
  shownText: consentEvents.shownText,
  shownFigures: consentEvents.shownFigures,
};
