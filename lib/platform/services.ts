import type { Database } from '@/db/client';
import type { Clock } from './clock';
import type { Log } from './log';
import type { LogStore } from './log-store/log-store';
import type { Mailer } from './mail/mailer';
import type { ObjectStorage } from './storage/object-storage';

/** What the product stands on; made once a process (lib/services.ts), and by hand in tests. */
export interface Services {
  db: Database;
  clock: Clock;
  storage: ObjectStorage;
  /** The logs of the platform's workers. Lapse's own log is `log`. */
  logs: LogStore;
  mailer: Mailer;
  log: Log;
}
