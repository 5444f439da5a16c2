import { serveApi } from './api/serve.ts';
import { createApi } from './api/app.ts';
import { readConfig, type Config } from './config.ts';
import { createDatabase } from './db/connect.ts';
import { isPerennialError, PerennialError } from './domain/errors.ts';
import { endWithParent } from './embedded/end-with-parent.ts';
import { createLogger, type Logger } from './telemetry.ts';
import { createTemporalBus } from './temporal/bus.ts';

/** Requests under way at a stop get this long; then they are cut. */
const stopGraceMs = 5_000;

/** The control process: API over Postgres and Temporal. Migrations are done before it is started. */
async function main(config: Config, log: Logger): Promise<void> {
  if (config.databaseUrl === undefined) {
    throw new PerennialError('configuration', 'DATABASE_URL is not set.', { path: 'DATABASE_URL', hint: 'Set it, or start everything with `npm run dev`.' });
  }
  const database = createDatabase(config.databaseUrl, {
    applicationName: 'perennial-control',
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
  });
  const bus = await createTemporalBus(config);
  const serving = await serveApi(createApi({ database, bus, log }), { host: config.host, port: config.controlPort });
  log.info({ host: config.host, port: serving.port }, 'the control API listens');

  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await serving.stop(stopGraceMs);
    await bus.close();
    await database.close();
  };
  endWithParent((reason) => {
    stopping ??= stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error, reason }, 'the stop was not clean');
        process.exit(1);
      },
    );
  });
}

try {
  const config = readConfig();
  await main(config, createLogger('control', config.logLevel));
} catch (error) {
  const text = isPerennialError(error) ? `${error.message}\n${error.hint}` : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
