import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LapseError } from '@/lib/platform/errors';
import { ReaderGone } from '@/lib/platform/export/stream-of';
import { readCsv } from '@/lib/platform/export/testing/read-csv';
import { withDuckDb } from '../archive/duckdb';
import { eventDocument } from '../event-wire';
import { listAuditEvents } from '../list-events';
import { pruneWithoutArchive } from '../prune/prune-hot';
import { exportAuditLog } from './export-audit-log';
import { EXPORT_FIELDS, exportCells } from './export-format';
import { exportFolder } from './read-window';
import { type ExportWorld, filledWorld, idsIn, NDJSON, WINDOW } from './testing/export-world';

let w: ExportWorld;
beforeEach(async () => {
  w = await filledWorld();
});
afterEach(() => w.close());

describe('B7: every field is as it was', () => {
  const nasty = { ...WINDOW, recordedFrom: '2026-08-10T12:00:00Z', recordedTo: '2026-08-10T13:00:00Z' };
  const formats = async () => {
    const { events } = await listAuditEvents(w.auditor, { words: 'ada' });
    const [pushed] = events;
    const lines = (await w.take({ format: 'ndjson', ...nasty })).bytes.toString().trimEnd().split('\n');
    const [line, own] = lines.map((text) => JSON.parse(text));
    expect(lines).toHaveLength(2);
    expect(line).toEqual(JSON.parse(JSON.stringify(eventDocument(pushed!))));
    expect(line).toMatchObject({
      source_id: 'inv=1',
      time_started: '2026-08-05T03:04:05.000001Z',
      time_completed: '2026-08-10T12:00:00.000007Z',
      target: '',
      old_value: 'a text',
      new_value: -5,
    });
    expect(own).toMatchObject({
      actor_details: { a: 9007199254740991 },
      reason: '',
      error: null,
      target: null,
    });
    expect(own).not.toHaveProperty('source_id');

    const table = (await w.take({ format: 'csv', ...nasty })).bytes;
    const [names, ...records] = readCsv(table.subarray(3).toString());
    expect(names).toEqual([...EXPORT_FIELDS]);
    const record = Object.fromEntries(names!.map((name, index) => [name, records[0]![index]]));
    expect(record).toMatchObject({
      action: "'=cmd()",
      actor: "'@ada",
      source_id: 'inv=1',
      new_value: "'-5",
      old_value: '"a text"',
    });
    expect(JSON.parse(record.actor_details!)).toEqual({ ip: '192.0.2.7', n: 0.1 });

    const file = path.join(w.folder, 'read.parquet');
    const { bytes } = await w.take({ format: 'parquet', ...WINDOW });
    await mkdir(w.folder, { recursive: true });
    await writeFile(file, bytes);
    return withDuckDb(w.folder, async (duck) => {
      const types = await duck.rows(
        `select column_name, column_type from (describe select * from '${file}')`,
      );
      expect(Object.fromEntries(types)).toMatchObject({
        id: 'UUID',
        time_started: 'TIMESTAMP WITH TIME ZONE',
        old_value: 'VARCHAR',
      });
      const fields = EXPORT_FIELDS.map((name) =>
        name.startsWith('time_')
          ? `strftime(${name} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`
          : `${name}::varchar`,
      );
      return duck.rows(`select ${fields.join(', ')} from '${file}'`);
    });
  };

  test('in CSV, NDJSON and Parquet, out of the hot tier and out of archives', async () => {
    const rows = await w.rows("time_completed < '2026-10-19'");
    const expected = rows.map((row) => exportCells(row as never));
    expect(await formats()).toEqual(expected);
    await w.age();
    expect(await formats()).toEqual(expected);
  });

  test('a file without any event is one nevertheless', async () => {
    const none = { ...WINDOW, stream: 'nobody' };
    expect((await w.take({ format: 'ndjson', ...none })).bytes).toHaveLength(0);
    expect(readCsv((await w.take({ format: 'csv', ...none })).bytes.subarray(3).toString())).toHaveLength(1);
    const { bytes } = await w.take({ format: 'parquet', ...none });
    expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
  });
});

describe('B7: what is not there any more', () => {
  test('makes an export fail, unless it is asked for what is left', async () => {
    await pruneWithoutArchive(w.ctx, { keys: w.keys, hotDays: 30 });
    await expect(w.take(NDJSON)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /was removed for good\. There is everything from 2026-.*recorded_from.*partial=true/,
      ),
    });
    expect(await w.lastEvent()).toMatchObject({ result: 'error', new_value: { outcome: 'refused' } });
    const { bytes, done } = await w.take({ ...NDJSON, partial: true });
    expect(idsIn(bytes)).toHaveLength(30);
    expect(done.floor?.from).toMatch(/^2026-/);
    expect(await w.lastEvent()).toMatchObject({
      result: 'success',
      new_value: { partial: true, completeFrom: done.floor, rows: 30 },
    });
    const whole = await w.take({ ...NDJSON, recordedFrom: done.floor!.from! });
    expect(whole.done).toMatchObject({ rows: 30, floor: null });
    // Nothing that is gone began so late.
    expect((await w.take({ ...NDJSON, from: '2026-10-01T00:00:00Z' })).done).toMatchObject({
      rows: 30,
      floor: null,
    });
  });

  test('also when it was in an archive that has expired', async () => {
    await w.age();
    await w.tamper("update audit_archives set state = 'expired' where period = '2026-08-10'");
    await expect(w.take(NDJSON)).rejects.toMatchObject({ code: 'conflict' });
    const { bytes, done } = await w.take({ ...NDJSON, partial: true });
    const left = new Set(idsIn(bytes)).size;
    expect([left < 782, left >= 700]).toEqual([true, true]);
    const whole = await w.take({ ...NDJSON, recordedFrom: done.floor!.from! });
    expect(whole.done.floor).toBeNull();
    expect((await w.take({ ...NDJSON, from: '2026-10-01T00:00:00Z' })).done).toMatchObject({
      rows: 30,
      floor: null,
    });
  });

  test('also when the limits of one stream removed it, for whoever asks for that stream', async () => {
    await w.tamper(`insert into audit_prunes (id, statement_sequence, stream, until, since, leaves, copies, created_at)
      values (gen_random_uuid(), 1, 'billing', '2026-08-10T12:30:00Z', '2026-08-10T12:00:00Z', '', 'final', now())`);
    const words =
      /removed for good\. Streams that are whole from later on: billing from 2026-08-10T12:30:00\.000000Z\. Begin/;
    for (const stream of [undefined, 'billing']) {
      const input = { ...NDJSON, ...(stream && { stream }) };
      await expect(w.take(input)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(words),
      });
    }
    expect((await w.take({ ...NDJSON, stream: 'lapse' })).done).toMatchObject({ rows: 781, floor: null });
    const later = { ...NDJSON, recordedFrom: '2026-08-10T12:30:00Z' };
    expect((await w.take(later)).done).toMatchObject({ rows: 730, floor: null });
  });

  test('an archive that cannot be read fails it before the first byte of what it holds', async () => {
    await w.age();
    const broken = (key: string) =>
      w.before(async (asked) => {
        if (asked.includes(key)) throw new LapseError('unavailable', 'The store does not answer.');
      });
    for (const key of ['/08/10.', '/08/11.']) {
      await expect(w.take(NDJSON, broken(key))).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(
          /The warm archive of 2026-08-1[01] cannot be read: The store does not answer/,
        ),
      });
      expect(await w.lastEvent()).toMatchObject({
        result: 'error',
        new_value: { outcome: 'failed', rows: 0 },
      });
    }
  });
});

describe('B7, L8: an export is an event', () => {
  test('with what was asked for and what was given', async () => {
    const { done, bytes } = await w.take({ ...NDJSON, stream: 'billing' });
    expect(bytes).toHaveLength(done.bytes);
    expect(await w.lastEvent()).toEqual({
      actor: expect.stringMatching(/^user:/),
      result: 'success',
      error: null,
      new_value: {
        format: 'ndjson',
        filters: { stream: 'billing' },
        recordedFrom: '2026-08-01T00:00:00.000000Z',
        recordedTo: '2026-10-19T00:00:00.000000Z',
        partial: false,
        rows: 1,
        bytes: bytes.length,
        outcome: 'complete',
      },
    });
  });

  test('also when it is refused, or its reader goes away', async () => {
    const host = { ...w.s.as(await w.s.person()), storage: w.ctx.storage };
    await expect(w.take(NDJSON, host)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await w.lastEvent()).toMatchObject({
      result: 'error',
      new_value: { outcome: 'refused', rows: 0 },
    });
    const write = async () => {
      throw new ReaderGone('gone');
    };
    for (const format of ['csv', 'parquet'] as const) {
      const gone = exportAuditLog(w.auditor, { format, ...WINDOW }, { write });
      await expect(gone).rejects.toThrow(ReaderGone);
      expect(await w.lastEvent()).toMatchObject({
        result: 'error',
        new_value: { format, outcome: 'aborted' },
      });
    }
    const stalled = { write: () => new Promise<void>(() => {}), patienceMs: 20 };
    await expect(exportAuditLog(w.auditor, NDJSON, stalled)).rejects.toThrow(ReaderGone);
    expect(await w.lastEvent()).toMatchObject({ new_value: { outcome: 'aborted', rows: 0, bytes: 0 } });
    const signal = AbortSignal.abort();
    await expect(exportAuditLog(w.auditor, NDJSON, { write, signal })).rejects.toThrow(ReaderGone);
  });

  test('and only two are made at a time', async () => {
    let goOn = () => {};
    const allowed = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let writing = 0;
    const write = () => {
      writing += 1;
      return allowed;
    };
    const both = [exportAuditLog(w.auditor, NDJSON, { write }), exportAuditLog(w.auditor, NDJSON, { write })];
    await expect.poll(() => writing, { timeout: 10_000 }).toBe(2);
    await expect(w.take(NDJSON)).rejects.toMatchObject({ code: 'rate_limited' });
    goOn();
    await Promise.all(both);
    expect((await w.take(NDJSON)).done.rows).toBe(782);
  });
});

test('B7: nothing is left on the disk, whatever happens, and what a killed process left goes with the next one', async () => {
  const parent = exportFolder();
  const write = async () => {
    // It has no name any more while it is read.
    expect(await readdir(parent)).toEqual([]);
    throw new ReaderGone('gone');
  };
  await expect(exportAuditLog(w.auditor, { format: 'parquet', ...WINDOW }, { write })).rejects.toThrow(
    ReaderGone,
  );
  expect(await readdir(parent)).toEqual([]);

  const [old, young] = [path.join(parent, 'work-old'), path.join(parent, 'work-young')];
  for (const [folder, at] of [
    [old, '2026-10-20T07:59:00Z'],
    [young, '2026-10-20T08:30:00Z'],
  ] as const) {
    await mkdir(folder);
    await writeFile(path.join(folder, 'events.text'), 'x');
    for (const each of [path.join(folder, 'events.text'), folder])
      await utimes(each, new Date(at), new Date(at));
  }
  await w.take({ format: 'parquet', ...WINDOW });
  expect(await readdir(parent)).toEqual(['work-young']);
});
