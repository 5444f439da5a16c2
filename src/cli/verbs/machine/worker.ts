import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readConfig, type Config } from '../../../config.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { loginUrlsOf } from '../../../embedded/postgres/login-urls.ts';
import { runningDatabaseUrl } from '../../../embedded/postgres/postgres.ts';
import { runWorker, type WorkerPlan } from '../../../main-worker.ts';
import { readSourceRoots } from '../../../settings/source-roots.ts';
import { createLogger } from '../../../telemetry/logger.ts';
import { parseWorker, workerHelp } from './worker-options.ts';

/**
 * Serves task queues beside, or instead of, the worker that `perennial dev` starts; the exit code is 0 after a clean
 * stop.
 */
export async function runWorkerVerb(args: readonly string[]): Promise<number> {
  const options = parseWorker(args);
  if (options.help) {
    process.stdout.write(`${workerHelp}\n`);
    return 0;
  }
  const { config, temporal } = await join(readConfig());
  process.stderr.write(`  serving ${options.queues.join(', ')} until Ctrl-C\n`);
  await runWorker(config, createLogger('worker', config.logLevel), {
    queues: options.queues,
    gpus: options.gpus,
    ...(temporal === undefined ? {} : { temporal }),
  });
  return 0;
}

const engines = z.object({
  postgresPort: z.int().optional(),
  temporalAddress: z.string().optional(),
  namespace: z.string(),
  sourceRoots: z.string().optional(),
});

interface Joined {
  readonly config: Config;
  readonly temporal: WorkerPlan['temporal'];
}

/** The environment first, each engine for itself; then the engines that `dev` or `demo` runs in this state folder. */
async function join(config: Config): Promise<Joined> {
  const here = await readEngines(config);
  const databaseUrl =
    config.databaseUrl ??
    (here?.postgresPort === undefined ? null : await appLoginUrl(config.stateDir, here.postgresPort));
  if (databaseUrl === null) throw unknown('DATABASE_URL', 'database', config);
  const temporal =
    config.isTemporalConfigured || here?.temporalAddress === undefined
      ? undefined
      : { address: here.temporalAddress, namespace: here.namespace };
  if (temporal === undefined && !config.isTemporalConfigured) throw unknown('TEMPORAL_ADDRESS', 'Temporal', config);
  // Beside `dev` a worker may read what those of `dev` may.
  const sourceRoots = config.sourceRoots.length > 0 ? config.sourceRoots : readSourceRoots(here?.sourceRoots);
  return { config: { ...config, databaseUrl, sourceRoots }, temporal };
}

/** As the worker that `dev` starts signs in. */
async function appLoginUrl(stateDir: string, port: number): Promise<string | null> {
  const owner = await runningDatabaseUrl(stateDir, port);
  return owner === null ? null : loginUrlsOf(owner).app;
}

function unknown(setting: string, what: string, config: Config): PerennialError {
  return new PerennialError(
    'configuration',
    `The worker does not know its ${what}: ${setting} is not set, and nothing runs in ${config.stateDir}.`,
    {
      path: setting,
      hint: 'Set DATABASE_URL and TEMPORAL_ADDRESS to those of the installation, or start `npm run dev` here first.',
    },
  );
}

async function readEngines(config: Config): Promise<z.infer<typeof engines> | null> {
  const text = await readFile(path.join(config.stateDir, 'stack.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return engines.parse(JSON.parse(text));
  } catch {
    // Half-written, or of another release: as good as none.
    return null;
  }
}
