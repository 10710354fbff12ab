import { rmSync } from 'node:fs';

/** Removes what the started product kept for the journeys. */
export default function removeData(): void {
  const folder = process.env.LAPSE_E2E_DATA_DIR;
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
