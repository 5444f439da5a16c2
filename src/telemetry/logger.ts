import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { LogLevel } from '../config.ts';
import { messageOf, stackOf } from '../domain/words/reason-of.ts';

export type { Logger } from 'pino';

/**
 * A logger that writes one line of JSON per entry to `destination` (standard error unless said, so that standard
 * output stays free for results). Times are ISO 8601 in UTC; errors keep their code, and neither secrets nor data that
 * an error quotes are logged.
 */
export function createLogger(name: string, level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    // Pid and host name of a container change at every start and say nothing: they are left out.
    base: { name },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    serializers: { err: serialized },
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: ['password', 'token', 'authorization', 'databaseUrl', 'headers.authorization'],
      censor: '[redacted]',
    },
  };
  return pino(options, destination ?? standardError());
}

/**
 * Standard error, which is a file where a supervisor started us. A log that cannot be written (its disk is full, nobody
 * reads the pipe) loses lines; by default it would end the process, and with it all that the process does.
 */
function standardError(): DestinationStream {
  const stream = pino.destination({ fd: 2, sync: true });
  stream.removeAllListeners('error');
  stream.on('error', () => undefined);
  return stream;
}

const causesMax = 5;

/** Of an error only what this house chose to say: drivers hang rows, lines and parameters on theirs. */
function serialized(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const causes: string[] = [];
  for (let at: unknown = error.cause; at instanceof Error && causes.length < causesMax; at = at.cause)
    causes.push(messageOf(at));
  return {
    type: error.name,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    message: [messageOf(error), ...causes].join(': '),
    stack: stackOf(error),
  };
}
