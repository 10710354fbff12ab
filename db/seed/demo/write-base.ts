import { sql } from 'drizzle-orm';
import type { Transaction } from '@/db/client';
import { artifacts, challengePhases, challenges, submissions } from '@/db/schema/challenges';
import { hostTeamMembers, hostTeams, people } from '@/db/schema/people';
import { hashPassword } from '@/lib/people/password';
import { addDays } from '@/lib/platform/clock';
import type { BuiltChallenge } from './build';
import {
  DEMO_MEMBERS,
  DEMO_PEOPLE,
  DEMO_TEAMS,
  type DemoPerson,
  demoEmail,
  demoPassword,
  personByName,
} from './people';

/** Rows in one statement: far below Postgres's 65,535 parameters. */
const CHUNK = 500;

/** Writes people, teams, challenges, phases, submissions and artifacts as they were before anybody decided anything. */
export async function writeBase(tx: Transaction, built: BuiltChallenge[], now: Date): Promise<void> {
  await writePeople(tx, now);
  const teamIds = new Map<string, number>(DEMO_TEAMS.map((team) => [team.teamName, team.id]));
  await tx.insert(challenges).values(
    built.map(({ scenario }) => ({
      id: scenario.id,
      title: scenario.title,
      creatorTeamId: teamIds.get(scenario.team) ?? 0,
      startDate: scenario.startDate,
      endDate: scenario.endDate,
      approved: scenario.approved ?? true,
      useHostCredentials: scenario.useHostCredentials ?? false,
      logRetentionDaysOverride: scenario.logOverride ?? null,
      artifactRetentionDaysOverride: scenario.artifactOverride ?? null,
      createdAt: addDays(scenario.startDate < now ? scenario.startDate : now, -10),
    })),
  );
  const phases = built.flatMap((challenge) => challenge.phases);
  await tx.insert(challengePhases).values(phases.map((phase) => phase.row));
  const all = phases.flatMap((phase) => phase.submissions);
  await tx.insert(submissions).values(all.map((submission) => submission.row));
  const files = all.flatMap((submission) => submission.artifacts);
  for (let from = 0; from < files.length; from += CHUNK) {
    await tx
      .insert(artifacts)
      .overridingSystemValue()
      .values(files.slice(from, from + CHUNK).map((file) => file.row));
  }
  for (const table of [
    'people',
    'host_teams',
    'challenges',
    'challenge_phases',
    'submissions',
    'artifacts',
  ]) {
    await tx.execute(
      sql`select setval(pg_get_serial_sequence(${table}, 'id'), (select max(id) from ${sql.identifier(table)}))`,
    );
  }
}

async function writePeople(tx: Transaction, now: Date): Promise<void> {
  const everybody: readonly DemoPerson[] = DEMO_PEOPLE;
  const since = addDays(now, -420);
  const rows = await Promise.all(
    everybody.map(async ({ id, username, displayName, role, timeZone, disabledDaysAgo }) => ({
      id,
      username,
      displayName,
      role,
      timeZone,
      email: demoEmail(username),
      passwordHash: await hashPassword(demoPassword(username)),
      disabledAt: disabledDaysAgo === undefined ? null : addDays(now, -disabledDaysAgo),
      createdAt: since,
    })),
  );
  await tx.insert(people).overridingSystemValue().values(rows);
  await tx
    .insert(hostTeams)
    .overridingSystemValue()
    .values(
      DEMO_TEAMS.map(({ id, teamName, createdBy }) => ({
        id,
        teamName,
        createdBy: personByName(createdBy).id,
        createdAt: since,
      })),
    );
  const teamIds = new Map<string, number>(DEMO_TEAMS.map((team) => [team.teamName, team.id]));
  await tx.insert(hostTeamMembers).values(
    DEMO_MEMBERS.map(({ team, username, status, permission }) => ({
      teamId: teamIds.get(team) ?? 0,
      personId: personByName(username).id,
      status,
      permission,
    })),
  );
}
