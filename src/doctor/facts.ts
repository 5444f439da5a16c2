import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { hashSecret } from '../access/secret.ts';
import type { Config } from '../config.ts';
import { createDatabase } from '../db/base/connect.ts';
import { inspectDatabase, type DatabaseFacts } from '../db/installation/inspect.ts';
import { isPerennialError } from '../domain/words/errors.ts';
import { findDatabaseUrl } from '../installation/database-url.ts';
import { reasonOf, type Facts, type Missing, type StackFile } from './findings.ts';
import { findStack } from '../stack/find-stack.ts';

const stackFile = z.object({
  controlUrl: z.url(),
  inferenceUrl: z.url(),
  temporalUiUrl: z.url().nullable().optional(),
  temporalAddress: z.string().optional(),
  namespace: z.string().optional(),
  postgresPort: z.int().optional(),
  tokensFile: z.string(),
  pid: z.int().optional(),
});

/** Looks once at what several checks need. Never rejects. */
export async function findFacts(config: Config): Promise<Facts> {
  const stack = await readStack(path.join(config.stateDir, 'stack.json'));
  const isStackAlive = stack?.pid !== undefined && isAlive(stack.pid);
  return { config, stack, isStackAlive, database: findDatabase(config, isStackAlive) };
}

async function findDatabase(config: Config, isStackAlive: boolean): Promise<DatabaseFacts | Missing> {
  if (config.databaseUrl === undefined && !isStackAlive)
    return { missing: 'none runs and none is configured: `perennial dev` starts one', isExpected: true };
  let url: string;
  try {
    url = await findDatabaseUrl(config);
  } catch (error) {
    return { missing: isPerennialError(error) ? error.message : reasonOf(error), isExpected: !isStackAlive };
  }
  const token = await findStack(config).then(
    (stack) => stack.token,
    () => null,
  );
  const database = createDatabase(url, {
    connectionsMax: 2,
    applicationName: 'perennial-doctor',
    onIdleError: () => undefined,
  });
  try {
    return await inspectDatabase(database, token === null ? null : hashSecret(token));
  } catch (error) {
    return { missing: `does not answer (${reasonOf(error)})`, isExpected: false };
  } finally {
    void database.close().catch(() => undefined);
  }
}

async function readStack(file: string): Promise<StackFile | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return stackFile.parse(JSON.parse(text));
  } catch {
    // Half-written by a start that was killed: as good as none.
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is a process.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
