import type { ObjectStorage } from './object-storage';

/** The store as it stands at one moment, for whoever decides what can be deleted in it. */
export interface StoreNow {
  name: string;
  /** Why the files of the platform's disk cannot be reached, in a sentence; null: they can. */
  whyNoLocal: string | null;
}

/** Looks at the folder of local files, where there is one. */
export async function storeNow(storage: ObjectStorage): Promise<StoreNow> {
  return { name: storage.name, whyNoLocal: (await storage.whyNoLocal?.()) ?? null };
}
