import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { runAtOnce } from '@/lib/platform/storage/run-at-once';
import type { BuiltChallenge } from './build';

/** Writes that go on side by side. */
const AT_ONCE = 16;

/**
 * Writes the objects that are there when the demo begins, replacing what an interrupted fill left: the same keys each
 * time. What was deleted in the demo's past, what is absent, and what lies in a host's own bucket is not written.
 */
export async function writeFiles(storage: ObjectStorage, built: BuiltChallenge[]): Promise<number> {
  const objects = storedObjects(built);
  await storage.prepare();
  await runAtOnce(AT_ONCE, [...objects], ([key, body]) => storage.put(key, body));
  return objects.size;
}

function storedObjects(built: BuiltChallenge[]): Map<string, Uint8Array> {
  const objects = new Map<string, Uint8Array>();
  for (const { scenario, phases } of built) {
    if (scenario.useHostCredentials) continue;
    for (const { artifacts, special } of phases.flatMap((phase) => phase.submissions)) {
      for (const { row, storageKey, body, stored } of artifacts) {
        const deleted = scenario.deletedAt !== undefined && special.failing !== row.kind;
        if (stored && !deleted) objects.set(storageKey, body);
      }
    }
  }
  return objects;
}
