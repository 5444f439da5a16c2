import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { runningDatabaseUrl } from '../embedded/postgres/postgres.ts';

const engines = z.object({ postgresPort: z.int().optional() });

/**
 * The database of a verb that works on it directly, beside the API: by its owner's login where there is one, by
 * DATABASE_URL, or the one that `dev` runs in this state folder. Holds a password: never log it. Throws
 * `configuration`.
 */
export async function findDatabaseUrl(
  config: Pick<Config, 'databaseUrl' | 'ownerDatabaseUrl' | 'stateDir'>,
): Promise<string> {
  const given = config.ownerDatabaseUrl ?? config.databaseUrl;
  if (given !== undefined) return given;
  const port = await readPort(path.join(config.stateDir, 'stack.json'));
  const url = port === undefined ? null : await runningDatabaseUrl(config.stateDir, port);
  if (url !== null) return url;
  throw new PerennialError('configuration', `DATABASE_URL is not set, and nothing runs in ${config.stateDir}.`, {
    path: 'DATABASE_URL',
    hint: 'Set it to the database of the installation, or start `npm run dev` here first.',
  });
}

async function readPort(file: string): Promise<number | undefined> {
  try {
    return engines.parse(JSON.parse(await readFile(file, 'utf8'))).postgresPort;
  } catch {
    // Missing, half-written, or of another release: as good as none.
    return undefined;
  }
}
