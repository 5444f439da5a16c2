import { PerennialError } from '../../domain/words/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createDatabase, type Database, type DatabaseOptions } from './connect.ts';

/**
 * The database of one of our processes, as `perennial_app`; its log hears what breaks. Throws `configuration` where no
 * address is set.
 */
export function openAppDatabase(
  url: string | undefined,
  log: Pick<Logger, 'warn'>,
  options: Pick<DatabaseOptions, 'applicationName' | 'connectionsMax' | 'statementTimeoutMs'>,
): Database {
  if (url === undefined) {
    throw new PerennialError('configuration', 'DATABASE_URL is not set.', {
      path: 'DATABASE_URL',
      hint: 'Set it, or start everything with `npm run dev`.',
    });
  }
  return createDatabase(url, {
    ...options,
    onIdleError: (error) => log.warn({ reason: error.message }, 'an idle database connection broke'),
    isApp: true,
    onOwner: (reason) =>
      log.warn(
        { reason },
        'the database role perennial_app cannot be taken: the audit is protected by its triggers alone',
      ),
  });
}

/** The database as pages see it, by the login that only reads; undefined where there is none. */
export function openReadDatabase(url: string | undefined, log: Pick<Logger, 'warn'>): Database | undefined {
  if (url === undefined) return undefined;
  return createDatabase(url, {
    applicationName: 'perennial-pages',
    onIdleError: (error) => log.warn({ reason: error.message }, 'an idle database connection broke'),
  });
}
