import pino from 'pino';

export type Log = pino.Logger;

/** Structured logs on standard output (one JSON object a line). `LOG_LEVEL` is one of pino's levels; 'info' by default. */
export const log: Log = pino({
  level: process.env.LOG_LEVEL ?? 'info',
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ['*.password', '*.secret', '*.token', '*.authorization', '*.cookie'],
});
