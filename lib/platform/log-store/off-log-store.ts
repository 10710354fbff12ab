import { type LogStore, LogStoreError } from './log-store';

/** In the place of a store where logs are none of Lapse's business. */
export class OffLogStore implements LogStore {
  readonly kind = 'off';
  readonly localExpiry = null;

  constructor(readonly environment: string) {}

  describe(): string {
    return 'no log store (LAPSE_LOG_BACKEND=off)';
  }

  async describeGroup(): Promise<never> {
    throw notConfigured();
  }

  // biome-ignore lint/correctness/useYield: there is nothing to list, and saying so is the point.
  async *listGroups(): AsyncGenerator<string> {
    throw notConfigured();
  }

  async setRetention(): Promise<never> {
    throw notConfigured();
  }

  async removeRetention(): Promise<never> {
    throw notConfigured();
  }

  async close(): Promise<void> {}
}

const notConfigured = () =>
  new LogStoreError('not-configured', 'Logs are switched off here (LAPSE_LOG_BACKEND=off).');
