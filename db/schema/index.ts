/** All tables, for Drizzle's client. Import a table from its own file. */
export * from './audit';
export * from './audit-archive';
export * from './audit-push';
export * from './audit-seal';
export * from './challenges';
export * from './consent';
export * from './deletion';
export * from './holds';
export * from './jobs';
export * from './logs';
export * from './notices';
export * from './overrides';
export * from './people';
export * from './reconciliation';
export * from './runner';
export * from './settings';
export * from './tokens';
