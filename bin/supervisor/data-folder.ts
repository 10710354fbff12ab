import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { userName } from '../../db/embedded/account';
import { StartFailure } from './failure';

/**
 * Makes the data folder, or checks that we may work in it. Others may not look inside; under root they may pass through,
 * because the database then runs as another user.
 */
export function openDataFolder(folder: string): void {
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, process.geteuid?.() === 0 ? 0o711 : 0o700);
    return;
  }
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const you = userName(process.geteuid?.() ?? -1);
    throw new StartFailure(
      `${folder} belongs to the user "${userName(statSync(folder).uid)}", who started Lapse here before; you are ` +
        `"${you}". Start Lapse as that user, or take the folder over:\n  sudo chown -R ${you} '${folder}'`,
    );
  }
}
