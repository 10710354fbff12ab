import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TierWorld, tierWorld } from '../testing/tier-world';
import { verificationState } from '../verify/daily-verification';
import { auditSize } from './audit-size';
import { sampleTiers } from './sample-tiers';
import { sayAuditSize, sayForecast, sayGrowth } from './say-size';
import { sizeDocument, sizeInputOfQuery } from './size-document';

let world: TierWorld;
beforeAll(async () => {
  world = await tierWorld('2026-11-16T08:00:00Z');
  // Four whole days before today, after the first one.
  for (const [day, events] of [
    [16, 5],
    [17, 10],
    [18, 12],
    [19, 500],
    [20, 14],
  ] as const) {
    world.s.clock.set(`2026-11-${day}T23:50:00Z`);
    await world.insert(events, `2026-11-${day}T10:00:00Z`);
    await world.seal(1000);
    await sampleTiers(world.ctx);
  }
  world.s.clock.set('2026-11-21T09:00:00Z');
});
afterAll(() => world.close());

describe('auditSize', () => {
  it('T4: has the tiers, the samples, the days, the growth and what follows from it', async () => {
    const size = await auditSize(world.ctx);
    expect(size).toMatchObject({ events: 541, days: 30, policyError: null, policy: { hotDays: 30 } });
    expect(size.samples.map(({ tier, events }) => (tier === 'hot' ? events : null)).filter(Boolean)).toEqual([
      5, 15, 27, 527, 541,
    ]);
    expect(size.sealedDays.map(({ day, events }) => [day, events])).toEqual([
      ['2026-11-17', 10],
      ['2026-11-18', 12],
      ['2026-11-19', 500],
      ['2026-11-20', 14],
    ]);
    expect(size.growth).toEqual({ eventsPerDay: 13, basis: 'days', days: 4 });
    expect(size.forecast?.hot).toMatchObject({
      at: new Date('2026-12-16T10:00:00Z'),
      events: 390,
      bytes: null,
    });
    expect(sayAuditSize(size)).toMatch(
      /^The audit log has 541 events, [\d.]+ MB; it grows by 13 events a day\.$/,
    );
    expect(sayGrowth(size)).toContain('the median of the last 4 whole days');
    expect(sayForecast(size, 'UTC')[0]).toBe(
      'The hot tier keeps events for 30 days. It will hold 390 events from 16 December 2026 (in 25 days) on, and grow no more at this rate.',
    );
  });

  it('T4: says that there is too little data where there is', async () => {
    world.s.clock.set('2026-11-19T09:00:00Z');
    const size = await auditSize(world.ctx);
    world.s.clock.set('2026-11-21T09:00:00Z');
    expect(size).toMatchObject({ growth: null, forecast: null });
    expect(sayAuditSize(size)).toContain('How fast it grows can be told after 3 whole days.');
    expect(sayForecast(size, 'UTC')).toEqual([]);
  });

  it('T4: names the most frequent actions and actors of the period, of one stream or of all', async () => {
    const { sql } = world.database;
    await sql`insert into audit_rollups (day, stream, kind, name, events, bytes) values
      ('2026-11-20', 'billing', 'action', 'invoice.paid', 1000, 1), ('2026-11-19', 'billing', 'action', 'job.run', 7, 1), ('2026-11-20', 'billing', 'actor', 'ada', 900, 1),
      ('2026-11-20', 'billing', 'actor', 'bob', 100, 1), ('2026-11-14', 'billing', 'action', 'invoice.sent', 50, 1)`;
    const all = await auditSize(world.ctx, { days: 7 });
    expect(all.top).toMatchObject({
      events: 1548,
      actions: [
        { stream: 'billing', name: 'invoice.paid', events: 1000 },
        { stream: 'lapse', name: 'job.run', events: 541 },
        // As ours is called, and something else.
        { stream: 'billing', name: 'job.run', events: 7 },
      ],
    });
    expect(all.top.actors).toHaveLength(10);
    expect((await auditSize(world.ctx, { days: 7, stream: 'billing' })).top).toEqual({
      events: 1007,
      actions: [
        { stream: 'billing', name: 'invoice.paid', events: 1000 },
        { stream: 'billing', name: 'job.run', events: 7 },
      ],
      actors: [
        { stream: 'billing', name: 'ada', events: 900 },
        { stream: 'billing', name: 'bob', events: 100 },
      ],
    });
    expect((await auditSize(world.ctx, { days: 30, stream: 'billing' })).top.events).toBe(1057);
  });

  it('T4: is a document for programs, whose query is refused where it says nothing', async () => {
    const document = sizeDocument(
      await auditSize(world.ctx, sizeInputOfQuery({ days: '90', stream: 'lapse' })),
      await verificationState(world.database.db),
    );
    expect(JSON.parse(JSON.stringify(document))).toMatchObject({
      at: '2026-11-21T09:00:00.000Z',
      days: 90,
      // With the days of the other stream.
      growth: { events_per_day: 11 },
      tiers: [
        { tier: 'hot', events: 541, is_estimate: false },
        { tier: 'warm', events: 0 },
        { tier: 'cold' },
      ],
      verification: { at: null, findings: 0 },
      top: { stream: 'lapse', events: 541 },
    });
    for (const query of [{ days: '8' }, { days: 'x' }, { stream: 'Not A Stream' }, { colour: 'red' }]) {
      await expect(
        auditSize(world.ctx, sizeInputOfQuery(query as Record<string, string>)),
      ).rejects.toMatchObject({ code: 'invalid' });
    }
  });

  it('L8: is refused to hosts, which leaves an event', async () => {
    const host = await world.s.person();
    await expect(auditSize(world.s.as(host))).rejects.toMatchObject({ code: 'forbidden' });
    const events = await world.database.sql`select 1 from audit_events where result = 'error'`;
    expect(events).toHaveLength(1);
  });
});
