import { accessSync, chmodSync, constants, existsSync, mkdirSync } from 'node:fs';
import { notPermitted, StartFailure } from './failure';

/**
 * Makes the data folder, or checks that we may work in it. Others may not look inside; under root they may pass through,
 * because the database then runs as another user.
 */
export function openDataFolder(folder: string, root: string): void {
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, process.geteuid?.() === 0 ? 0o711 : 0o700);
    return;
  }
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new StartFailure(notPermitted(folder, root, folder), { cause });
  }
}
