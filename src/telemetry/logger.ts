import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { LogLevel } from '../config.ts';

export type { Logger } from 'pino';

/**
 * A logger that writes one line of JSON per entry to `destination` (standard error unless said, so that standard
 * output stays free for results). Times are ISO 8601 in UTC; errors keep their code, and secrets are never logged.
 */
export function createLogger(name: string, level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    // Pid and host name of a container change at every start and say nothing: they are left out.
    base: { name },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: ['password', 'token', 'authorization', 'databaseUrl', 'headers.authorization'],
      censor: '[redacted]',
    },
  };
  return pino(options, destination ?? pino.destination({ fd: 2, sync: true }));
}
