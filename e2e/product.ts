import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The folders of the product that the journeys started (playwright.config.ts). */
const dataDir = process.env.LAPSE_E2E_DATA_DIR ?? '';
const objectsDir = path.join(dataDir, 'objects');
const mailDir = path.join(dataDir, 'mail');

/** Where an object lies on the disk. */
export const objectPath = (key: string): string => path.join(objectsDir, key);

/** What is really on the disk: the bytes of each object by its key, but for archives of the audit log, which jobs make meanwhile. */
export function objectsOnDisk(): Map<string, number> {
  const objects = new Map<string, number>();
  for (const file of filesBelow(objectsDir)) {
    const key = path.relative(objectsDir, file).split(path.sep).join('/');
    if (!/^((local\/)?\.lapse-|audit\/)/.test(key)) objects.set(key, statSync(file).size);
  }
  return objects;
}

/** The objects on the disk whose keys are those of the submissions. */
export function objectsOf(submissionIds: readonly number[]): Map<string, number> {
  const folders = new Set(submissionIds.map((id) => `submission_${id}`));
  return new Map([...objectsOnDisk()].filter(([key]) => key.split('/').some((part) => folders.has(part))));
}

export const sumOf = (objects: Map<string, number>): number =>
  [...objects.values()].reduce((sum, bytes) => sum + bytes, 0);

/** The mails that did not leave the machine, by file name; each as the text of its .eml file. */
export function mailsOnDisk(): Map<string, string> {
  if (!existsSync(mailDir)) return new Map();
  const names = readdirSync(mailDir).filter((name) => name.endsWith('.eml'));
  return new Map(names.map((name) => [name, readFileSync(path.join(mailDir, name), 'utf8')]));
}

/** The days that the policy beside the logs of a group says; null: there is none. */
export function logPolicyOnDisk(group: string): number | null {
  const file = path.join(dataDir, 'log-groups', group, '.retention.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).retentionDays : null;
}

/** Where the database lies: in the data folder, or where its user can reach it (see db/embedded). */
export function databaseFolder(): string {
  const pointer = path.join(dataDir, 'postgres.location');
  const home = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : path.join(dataDir, 'postgres');
  return path.join(home, 'data');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
