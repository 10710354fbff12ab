const holder = globalThis as typeof globalThis & { __lapseAuditSearch?: Map<string, unknown> };

/** What `make` gave at the first call. Next loads a module several times in one process (pages, routes); this is there once. */
export function onceAProcess<T>(name: string, make: () => T): T {
  holder.__lapseAuditSearch ??= new Map();
  if (!holder.__lapseAuditSearch.has(name)) holder.__lapseAuditSearch.set(name, make());
  return holder.__lapseAuditSearch.get(name) as T;
}
