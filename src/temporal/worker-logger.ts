import type { Logger } from '../telemetry/logger.ts';

/** What Temporal's own code has to say, in our log and one step quieter. */
export function temporalLogger(log: Logger) {
  const forward = (level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', message: string, meta?: object): void => {
    const method = ({ TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const)[level];
    // What a worker for activities alone is meant to be.
    log[message.startsWith('No workflows registered') ? 'debug' : method](meta ?? {}, message);
  };
  return {
    log: forward,
    trace: (message: string, meta?: object) => forward('TRACE', message, meta),
    debug: (message: string, meta?: object) => forward('DEBUG', message, meta),
    info: (message: string, meta?: object) => forward('INFO', message, meta),
    warn: (message: string, meta?: object) => forward('WARN', message, meta),
    error: (message: string, meta?: object) => forward('ERROR', message, meta),
  };
}
