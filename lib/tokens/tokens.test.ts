import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { apiTokens } from '@/db/schema/tokens';
import { createTestDatabase, type TestDatabase } from '@/db/testing';
import { giveConsent } from '@/lib/consent/give-consent';
import { withdrawConsent } from '@/lib/consent/withdraw-consent';
import type { Actor, TokenActor, UserActor } from '@/lib/people/actor';
import type { Context } from '@/lib/people/context';
import { updatePerson } from '@/lib/people/update-person';
import { addDays } from '@/lib/platform/clock';
import { LapseError } from '@/lib/platform/errors';
import { type Scenario, START, scenario } from '@/lib/retention/testing/scenario';
import { acceptToken } from './accept-token';
import { actorOfToken } from './actor-of-token';
import { type CreateTokenInput, createToken } from './create-token';
import { listTokens, tokensActingForMe } from './list-tokens';
import { noteRefusedToken } from './note-refused-token';
import { revokeToken } from './revoke-token';

let database: TestDatabase;
let s: Scenario;
let admin: UserActor;
let auditor: UserActor;
let host: UserActor;
let challengeId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  s = scenario(database);
  admin = await s.person({ role: 'admin' });
  auditor = await s.person({ role: 'auditor' });
});
beforeEach(async () => {
  s.clock.set(START);
  host = await s.person();
  challengeId = (await s.challenge([host])).id;
});
afterAll(() => database.close());

const make = (values: Partial<CreateTokenInput> = {}, actor: Actor = admin) =>
  createToken(s.as(actor), { name: 'platform', scopes: ['challenges:read'], days: 30, ...values });

const enter = (secret: string) => actorOfToken({ db: database.db, clock: s.clock }, secret, '192.0.2.7');

async function asToken(secret: string): Promise<Context & { actor: TokenActor }> {
  const actor = await enter(secret);
  if (!actor) throw new Error('the token was refused');
  return { ...s.as(actor), actor };
}

/** A token that decides for the host of the test. */
async function acting(accepted = true) {
  const made = await make({ scopes: ['consent:write'], actsFor: host.username });
  if (accepted) await acceptToken(s.as(host), { tokenId: made.tokenId });
  return made;
}

const decision = () => ({ challengeId, channel: 'api' as const });

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof LapseError ? error.code : Promise.reject(error)),
  );

describe('making a token', () => {
  it('gives a secret that is stored nowhere, and whose holder has the rights of its scopes alone', async () => {
    const made = await make({ scopes: ['platform-events:write', 'challenges:read'] });
    expect(made.secret).toMatch(/^lapse_[\w-]{43}$/);
    expect(made.secret.startsWith(made.prefix)).toBe(true);
    expect(made.expiresAt).toEqual(addDays(new Date(START), 30));
    const actor = await enter(made.secret);
    expect(actor).toMatchObject({ type: 'token', tokenId: made.tokenId, name: 'platform', actsFor: null });
    expect([...(actor?.permissions ?? [])].sort()).toEqual(['challenges.read-all', 'platform-events.write']);
    const [dump] = await database.sql<{ text: string }[]>`
      select (select json_agg(t)::text from api_tokens t) || (select json_agg(e)::text from audit_events e) as text`;
    expect(dump?.text).toContain(made.prefix);
    expect(dump?.text).not.toContain(made.secret.slice(12));
  });

  it('L8: is for admins and the shell; every other try is refused and written down', async () => {
    expect(await codeOf(make({}, { type: 'cli', osUser: 'root' }))).toBe('done');
    const token = await asToken((await make()).secret);
    for (const actor of [auditor, host, token.actor, { type: 'anonymous' } as const]) {
      expect(await codeOf(make({}, actor))).toBe('forbidden');
      const events = database.sql`select result, error from audit_events where action = 'token.create' order by id desc limit 1`;
      expect(await events).toMatchObject([
        { result: 'error', error: expect.stringContaining('Only admins') },
      ]);
    }
  });

  it.each<[string, Partial<Record<keyof CreateTokenInput, unknown>>, RegExp]>([
    ['no name', { name: ' ' }, /give a name/],
    ['a name with half a character', { name: 'a\ud800' }, /half a character is not allowed/],
    ['to decide for a NUL', { scopes: ['consent:write'], actsFor: 'a\0' }, /NUL/],
    ['no scope', { scopes: [] }, /use one or more of challenges:read/],
    ['an unknown scope', { scopes: ['everything'] }, /"everything" is no scope/],
    ['0 days', { days: 0 }, /0 is not allowed: use a whole number of days from 1 to 366/],
    ['367 days', { days: 367 }, /367 is not allowed/],
    ['half a day', { days: 1.5 }, /1\.5 is not allowed/],
    ['days as text', { days: '30' }, /"30" is not a number/],
    ['to decide for nobody', { scopes: ['consent:write'] }, /needs the host in whose name/],
    ['somebody who decides nothing', { actsFor: 'x' }, /Only a token with the scope consent:write/],
    ['a stranger', { scopes: ['consent:write'], actsFor: 'nobody-here' }, /nobody with the user name/],
  ])('L10: refuses %s in words', async (_, values, message) => {
    await expect(make(values as Partial<CreateTokenInput>)).rejects.toThrow(message);
  });

  it('refuses to act for somebody who hosts nothing, an admin too', async () => {
    const reader = await s.person();
    await s.team([[reader, { status: 'Accepted', permission: 'Read' }]]);
    for (const { username } of [admin, reader]) {
      await expect(make({ scopes: ['consent:write'], actsFor: username })).rejects.toThrow(
        /accepted member of no host team/,
      );
    }
  });

  it('refuses to act for an auditor, or for a disabled account', async () => {
    const gone = await s.person({ disabledAt: new Date(START) });
    for (const { username } of [auditor, gone]) {
      expect(await codeOf(make({ scopes: ['consent:write'], actsFor: username }))).toBe('invalid');
    }
  });
});

describe('signing in with a token', () => {
  it('ends with its expiry and its revocation, at the very next request', async () => {
    const made = await make({ days: 1 });
    s.clock.set(new Date(made.expiresAt.getTime() - 1));
    expect(await enter(made.secret)).not.toBeNull();
    s.clock.set(made.expiresAt);
    expect(await enter(made.secret)).toBeNull();
    s.clock.set(START);
    await revokeToken(s.as(admin), { tokenId: made.tokenId });
    expect(await enter(made.secret)).toBeNull();
  });

  it('knows no token that was never made, was cut, or is nonsense', async () => {
    const { secret } = await make();
    const other = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
    for (const text of ['', 'lapse_', secret.slice(0, -1), `${secret} `, other, '\0', 'x'.repeat(100_000)]) {
      expect(await enter(text)).toBeNull();
    }
  });

  it('gives nothing for a scope that this version does not know', async () => {
    const { secret, tokenId } = await make();
    await database.db
      .update(apiTokens)
      .set({ scopes: ['toString', 'future:write'] })
      .where(eq(apiTokens.id, tokenId));
    expect([...((await enter(secret))?.permissions ?? [])]).toEqual([]);
  });

  it('notes its use once a minute', async () => {
    const { secret, tokenId } = await make();
    const used = async () => {
      await enter(secret);
      const [row] = await database.db.select().from(apiTokens).where(eq(apiTokens.id, tokenId));
      return row?.lastUsedAt?.toISOString();
    };
    expect(await used()).toBe('2026-11-21T09:00:00.000Z');
    s.clock.set('2026-11-21T09:00:59.000Z');
    expect(await used()).toBe('2026-11-21T09:00:00.000Z');
    s.clock.set('2026-11-21T09:01:00.001Z');
    expect(await used()).toBe('2026-11-21T09:01:00.001Z');
  });

  it('L8: an ended token that is still in use is written down, once an hour; one that never was is not', async () => {
    const { secret, tokenId } = await make();
    await revokeToken(s.as(admin), { tokenId });
    const events = () => database.sql`select error from audit_events
      where action = 'access.refuse' and target = ${`token:${tokenId}`}`;
    const services = s.as({ type: 'anonymous' });
    await noteRefusedToken(services, secret, '192.0.2.7');
    await noteRefusedToken(services, secret, '192.0.2.7');
    await noteRefusedToken(services, `${secret.slice(0, -1)}-`, undefined);
    expect(await events()).toMatchObject([{ error: expect.stringContaining('is revoked') }]);
    s.clock.set('2026-11-21T10:00:00.000Z');
    await noteRefusedToken(services, secret, undefined);
    expect(await events()).toHaveLength(2);
  });
});

describe('deciding in the name of a host (E3, E18)', () => {
  it('is nothing before he accepts, and his consent by API afterwards', async () => {
    const made = await acting(false);
    expect(made.waitsFor?.username).toBe(host.username);
    await expect(giveConsent(await asToken(made.secret), decision())).rejects.toThrow(/has not accepted yet/);
    expect(await tokensActingForMe(s.as(host))).toMatchObject([
      { id: made.tokenId, actsFor: { acceptedAt: null } },
    ]);

    const { acceptedAt } = await acceptToken(s.as(host), { tokenId: made.tokenId });
    s.clock.set('2026-11-22T09:00:00Z');
    expect((await acceptToken(s.as(host), { tokenId: made.tokenId })).acceptedAt).toEqual(acceptedAt);
    const given = await giveConsent(await asToken(made.secret), decision());
    expect(given).toMatchObject({ outcome: 'given', consentBy: { id: host.personId } });
    expect(
      await database.sql`select person_id, channel from consent_events where challenge_id = ${challengeId}`,
    ).toEqual([{ person_id: host.personId, channel: 'api' }]);
    expect(
      await database.sql`select actor from audit_events where action = 'consent.give' order by id desc limit 1`,
    ).toEqual([{ actor: `token:${made.tokenId}` }]);
    expect(await withdrawConsent(await asToken(made.secret), decision())).toMatchObject({
      outcome: 'withdrawn',
    });
  });

  it('cannot be accepted by anybody else, nor by a machine', async () => {
    const { tokenId, secret } = await acting(false);
    const other = await s.person();
    for (const actor of [admin, auditor, other]) {
      expect(await codeOf(acceptToken(s.as(actor), { tokenId }))).toBe('not_found');
    }
    for (const actor of [(await asToken(secret)).actor, { type: 'cli', osUser: 'root' } as const]) {
      expect(await codeOf(acceptToken(s.as(actor), { tokenId }))).toBe('forbidden');
    }
  });

  it('ends when he revokes it, leaves the team, or is disabled; for the actor that was read before, too', async () => {
    const revoked = await acting();
    const before = await asToken(revoked.secret);
    await revokeToken(s.as(host), { tokenId: revoked.tokenId });
    expect(await codeOf(giveConsent(before, decision()))).toBe('forbidden');

    const acts = await acting();
    const ctx = await asToken(acts.secret);
    await database.sql`update host_team_members set permission = 'Read' where person_id = ${host.personId}`;
    expect(await codeOf(giveConsent(ctx, decision()))).toBe('forbidden');
    await database.sql`update host_team_members set permission = 'Admin' where person_id = ${host.personId}`;
    await updatePerson(s.as(admin), { username: host.username, disabled: true });
    expect(await codeOf(giveConsent(ctx, decision()))).toBe('forbidden');
    expect((await enter(acts.secret))?.actsFor).toBeNull();
    expect(await database.sql`select 1 from consent_events where challenge_id = ${challengeId}`).toEqual([]);
  });

  it('is for his challenges alone, and in nobody else’s name', async () => {
    const ctx = await asToken((await acting()).secret);
    const others = (await s.challenge([await s.person()])).id;
    expect(await codeOf(giveConsent(ctx, { ...decision(), challengeId: others }))).toBe('forbidden');
    expect(await codeOf(giveConsent(ctx, { ...decision(), onBehalfOf: host.username }))).toBe('forbidden');
  });

  it('is not what a token without the scope can do, whoever made it', async () => {
    const hostAdmin = await s.person({ role: 'admin' });
    const own = (await s.challenge([hostAdmin])).id;
    const made = await make({ scopes: ['challenges:read', 'reports:read', 'audit:read'] }, hostAdmin);
    const ctx = await asToken(made.secret);
    expect(await codeOf(giveConsent(ctx, { ...decision(), challengeId: own }))).toBe('forbidden');
  });
});

test('revoking is for admins and for the host it acts for, and counts once', async () => {
  const { tokenId } = await acting();
  for (const actor of [auditor, await s.person(), { type: 'anonymous' } as const]) {
    expect(await codeOf(revokeToken(s.as(actor), { tokenId }))).toBe('forbidden');
  }
  const { revokedAt } = await revokeToken(s.as(host), { tokenId });
  s.clock.set('2026-12-01T00:00:00Z');
  expect((await revokeToken(s.as(admin), { tokenId })).revokedAt).toEqual(revokedAt);
  expect(await codeOf(acceptToken(s.as(host), { tokenId }))).toBe('conflict');
  expect(await tokensActingForMe(s.as(host))).toEqual([]);
  expect(await codeOf(revokeToken(s.as(admin), { tokenId: '01a1fc67-6d16-77fb-9ddc-1fb12e794e0f' }))).toBe(
    'not_found',
  );
});

test('the list is for admins and auditors, in pages that lose and repeat nothing', async () => {
  for (let index = 0; index < 5; index++) await make({ name: `listed ${index}`, days: 1 + index });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listTokens(s.as(auditor), { state: 'all', limit: 3, ...(cursor && { cursor }) });
    seen.push(...page.tokens.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  const [{ count } = { count: 0 }] = await database.sql`select count(*)::int as count from api_tokens`;
  expect(seen).toHaveLength(count);
  expect(new Set(seen).size).toBe(count);
  s.clock.set(addDays(new Date(START), 3));
  const ended = await listTokens(s.as(admin), { state: 'ended', limit: 200 });
  expect(ended.tokens.filter(({ name }) => name.startsWith('listed')).map(({ state }) => state)).toEqual([
    'expired',
    'expired',
    'expired',
  ]);
  expect(JSON.stringify(ended)).not.toContain('hash');
  for (const actor of [host, (await asToken((await make()).secret)).actor]) {
    expect(await codeOf(listTokens(s.as(actor)))).toBe('forbidden');
  }
});
