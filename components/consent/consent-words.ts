import type { ConsentEventSummary } from '@/lib/consent/consent-history';

/** The ways on which a decision can come, as people say them. */
export const CHANNELS: Record<ConsentEventSummary['channel'], string> = {
  browser: 'Browser',
  api: 'API',
  cli: 'Command line',
  import: 'Import',
  seed: 'Demo data',
};
