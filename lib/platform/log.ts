import pino from 'pino';
import { errorForLog } from './error-for-log';

export type Log = pino.Logger;

export const logOptions: pino.LoggerOptions = {
  level: process.env.LOG_LEVEL ?? 'info',
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ['*.password', '*.secret', '*.token', '*.authorization', '*.cookie'],
  serializers: { err: errorForLog },
};

/** Structured logs on standard output (one JSON object a line). `LOG_LEVEL` is one of pino's levels; 'info' by default. */
export const log: Log = pino(logOptions);
