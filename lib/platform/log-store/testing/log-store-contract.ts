import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogStore } from '../log-store';

export interface OpenLogStore {
  store: LogStore;
  /** Makes a group with one event at each of the instants. */
  makeGroup(name: string, events: Date[]): Promise<void>;
  close(): Promise<void>;
}

/** What every log store must do, told as tests; `open` gives an empty one. Names carry a mark, as stores may be shared. */
export function describeLogStoreContract(name: string, open: () => Promise<OpenLogStore>): void {
  describe(`log store: ${name}`, () => {
    const mark = `m${Date.now().toString(36)}`;
    const group = `challenge-pk-7-${mark}-workers`;
    const missing = `challenge-pk-8-${mark}-workers`;
    // The service takes no events that are older than 14 days.
    const now = Math.floor(Date.now() / 1000) * 1000;
    const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000);
    let opened: OpenLogStore;
    let store: LogStore;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
      await opened.makeGroup(group, [hoursAgo(30), hoursAgo(48), hoursAgo(2)]);
      await opened.makeGroup(`${group}-old`, [hoursAgo(200)]);
    }, 30_000);
    afterAll(() => opened?.close());

    it('says what it is, and tells a group that is not there from one that is', async () => {
      expect(store.describe()).not.toBe('');
      expect(await store.describeGroup(missing)).toBeNull();
      expect(await store.describeGroup(group)).toMatchObject({ name: group, retentionDays: null });
    });

    it('E13: knows the oldest event of all streams, of this group and no other', async () => {
      expect((await store.describeGroup(group))?.oldestEventAt).toEqual(hoursAgo(48));
    });

    it('E13: sets, replaces and removes a retention, each as often as one likes', async () => {
      for (const days of [30, 30, 3653]) {
        await store.setRetention(group, days);
        expect(await store.describeGroup(group)).toMatchObject({ retentionDays: days });
      }
      expect(await store.describeGroup(`${group}-old`)).toMatchObject({ retentionDays: null });
      await store.removeRetention(group);
      await store.removeRetention(group);
      expect(await store.describeGroup(group)).toMatchObject({ retentionDays: null });
    });

    it('E13: refuses every number of days that the service does not accept, and changes nothing', async () => {
      await store.setRetention(group, 60);
      for (const days of [0, -1, 2, 31, 3654, 30.5, Number.NaN]) {
        await expect(store.setRetention(group, days)).rejects.toMatchObject({
          kind: 'invalid',
          retryable: false,
        });
      }
      expect(await store.describeGroup(group)).toMatchObject({ retentionDays: 60 });
    });

    it('a group that is not there cannot be set, and has nothing to be removed', async () => {
      await expect(store.setRetention(missing, 30)).rejects.toMatchObject({ kind: 'group-missing' });
      await store.removeRetention(missing);
      expect(await store.describeGroup(missing)).toBeNull();
    });

    it('lists the groups whose names begin with a text', async () => {
      const names: string[] = [];
      for await (const found of store.listGroups('challenge-pk-7-'))
        if (found.includes(mark)) names.push(found);
      expect(names.sort()).toEqual([group, `${group}-old`]);
    });
  });
}
