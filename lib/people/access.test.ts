import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memberPermission, memberStatus } from '@/db/schema/people';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { type Scenario, scenario } from '@/lib/retention/testing/scenario';
import { can, canSeeChallenge, hostsOf, isHostOf } from './access';
import { type Actor, actorKey, actorPersonId } from './actor';
import type { Permission } from './permissions';

let database: TestDatabase;
let s: Scenario;
beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
});
afterAll(() => database.close());

const WRITES: Permission[] = [
  'cleanup.preview',
  'cleanup.run',
  'holds.write',
  'retention.write',
  'jobs.run',
  'people.manage',
  'settings.write',
];
const READS: Permission[] = [
  'challenges.read-all',
  'cleanup.read',
  'holds.read',
  'jobs.read',
  'audit.read',
  'consent-history.read-all',
];

describe('what a role may', () => {
  test('an auditor reads everything and writes nothing', async () => {
    const auditor = await s.person({ role: 'auditor' });
    expect(READS.every((permission) => can(auditor, permission))).toBe(true);
    expect(WRITES.some((permission) => can(auditor, permission))).toBe(false);
  });

  test('an admin, a job and somebody with a shell may all of it; a host and a stranger nothing of it', async () => {
    const all = [...READS, ...WRITES];
    const mighty: Actor[] = [
      await s.person({ role: 'admin' }),
      { type: 'system', job: 'j' },
      { type: 'cli', osUser: 'root' },
    ];
    for (const actor of mighty) expect(all.every((permission) => can(actor, permission))).toBe(true);
    for (const actor of [await s.person(), { type: 'anonymous' } as const]) {
      expect(all.some((permission) => can(actor, permission))).toBe(false);
    }
  });
});

describe('whose challenge it is', () => {
  test('E3: of all statuses and permissions; accepted members with less may look', async () => {
    const deciding: string[] = [];
    const seeing: string[] = [];
    const teamId = await s.team();
    const challenge = await s.challenge([], { creatorTeamId: teamId });
    for (const status of memberStatus.enumValues) {
      for (const permission of memberPermission.enumValues) {
        const member = await s.person();
        await s.join(teamId, member, { status, permission });
        const name = `${status} ${permission}`;
        if (await isHostOf(s.db, member.personId, challenge.id)) deciding.push(name);
        if (await canSeeChallenge(s.db, member, challenge.id)) seeing.push(name);
      }
    }
    expect(deciding).toEqual(['Accepted Admin', 'Accepted Write', 'Self Admin', 'Self Write']);
    expect(seeing).toEqual(
      ['Accepted', 'Self'].flatMap((status) => memberPermission.enumValues.map((p) => `${status} ${p}`)),
    );
    expect(await hostsOf(s.db, challenge.id)).toHaveLength(4);
  });

  test('E3: a host of one challenge is none of another; staff see all and are hosts of nothing', async () => {
    const host = await s.person();
    const admin = await s.person({ role: 'admin' });
    const auditor = await s.person({ role: 'auditor' });
    const own = await s.challenge([host]);
    const other = await s.challenge([await s.person()]);
    expect(await isHostOf(s.db, host.personId, own.id)).toBe(true);
    expect(await isHostOf(s.db, host.personId, other.id)).toBe(false);
    expect(await canSeeChallenge(s.db, host, other.id)).toBe(false);
    for (const staff of [admin, auditor]) {
      expect(await isHostOf(s.db, staff.personId, own.id)).toBe(false);
      expect(await canSeeChallenge(s.db, staff, own.id)).toBe(true);
    }
    expect(await canSeeChallenge(s.db, { type: 'anonymous' }, own.id)).toBe(false);
  });

  test('two teams with the same person keep their memberships apart', async () => {
    const person = await s.person();
    const reader = await s.team([[person, { status: 'Accepted', permission: 'Read' }]]);
    const writer = await s.team([[person, { status: 'Self', permission: 'Write' }]]);
    const read = await s.challenge([], { creatorTeamId: reader });
    const write = await s.challenge([], { creatorTeamId: writer });
    expect(await isHostOf(s.db, person.personId, read.id)).toBe(false);
    expect(await isHostOf(s.db, person.personId, write.id)).toBe(true);
  });
});

test('an actor has one line that names him, and an id only as a person', async () => {
  const person = await s.person();
  expect(actorKey(person)).toBe(`user:${person.personId}`);
  expect(actorKey({ type: 'system', job: 'tidy' })).toBe('system:tidy');
  expect(actorKey({ type: 'cli', osUser: 'root' })).toBe('cli:root');
  expect(actorKey({ type: 'anonymous', address: '::1' })).toBe('anonymous');
  expect(actorPersonId(person)).toBe(person.personId);
  expect(actorPersonId({ type: 'cli', osUser: 'root' })).toBeNull();
});
