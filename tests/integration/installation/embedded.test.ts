import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { startEngines } from '../../../src/embedded/engines.ts';
import type { Engines } from '../../../src/embedded/engines.ts';
import { freePort } from '../../../src/embedded/process/free-port.ts';
import { startPostgres } from '../../../src/embedded/postgres/postgres.ts';
import { processStartToken } from '../../../src/embedded/process/process-lock.mjs';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { missingRoot, titled } from '../../worlds/tools.ts';
import { until } from '../../worlds/wait.ts';

const log = createLogger('test', 'silent');
let stateDir = '';
let engines: Engines;

function testConfig() {
  const {
    DATABASE_URL: _url,
    TEMPORAL_ADDRESS: _address,
    TEMPORAL_PROFILE: _profile,
    TEMPORAL_CONFIG_FILE: _file,
    ...env
  } = process.env;
  return readConfig({
    ...env,
    PERENNIAL_STATE_DIR: stateDir,
    PERENNIAL_POSTGRES_PORT: '54500',
    PERENNIAL_TEMPORAL_PORT: '17233',
    PERENNIAL_TEMPORAL_UI_PORT: '18233',
  });
}

const query = (text: string): Promise<unknown> => ask(engines.databaseUrl, text);

async function ask(connectionString: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return Object.values((await client.query<Record<string, unknown>>(text)).rows[0] ?? {})[0];
  } finally {
    await client.end().catch(() => {});
  }
}

async function describeNamespace() {
  const connection = await Connection.connect({ address: engines.temporalAddress ?? '', connectTimeout: 2_000 });
  try {
    return await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeNamespace({ namespace: 'perennial' }),
    );
  } finally {
    await connection.close();
  }
}

beforeAll(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), 'perennial-embedded-'));
  engines = await startEngines(testConfig(), { log });
}, 600_000);

afterAll(async () => {
  await engines.stop();
  await rm(stateDir, { recursive: true, force: true });
});

describe('embedded engines', () => {
  it('are real, in UTF-8 and keep runs for 30 days', async () => {
    expect(await query('show server_encoding')).toBe('UTF8');
    expect(await query(`select string_agg(x, '' order by x) from unnest(array['b','A','a','B']) x`)).toBe('ABab');
    const { config } = await describeNamespace();
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
    expect((await fetch(engines.temporalUiUrl ?? '')).status).toBe(200);
  });

  it('refuse a second stack in the same folder', async () => {
    await expect(startEngines(testConfig(), { log })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('come back on the same ports, with their data, after kill -9', async () => {
    await query('create table kept as select 42 as answer');
    const before = engines.pids();
    const killed = Object.values(before);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await until('other processes run', async () => {
      const now = engines.pids();
      return killed.includes(now['postgres'] ?? 0) || killed.includes(now['temporal'] ?? 0) ? undefined : now;
    });
    expect(await until('Postgres answers', async () => (await query('select answer from kept')) as number)).toBe(42);
    expect(await until('Temporal answers', describeNamespace)).toBeDefined();
    expect(engines.restartCount()).toBe(2);
  });

  it('come back when only a guardian is killed, and never run twice on the same files', async () => {
    const before = engines.pids()['temporal'] ?? 0;
    const guardian = Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(before)], { encoding: 'utf8' }));
    process.kill(guardian, 'SIGKILL');
    await until('another process runs', async () => (engines.pids()['temporal'] === before ? undefined : true));
    expect(processStartToken(before)).toBeUndefined();
    expect(await until('Temporal answers', describeNamespace)).toBeDefined();
  });

  it.skipIf(missingRoot !== null)(
    titled('run as another user where root has no user namespaces, and are found when the folder moves', missingRoot),
    async () => {
      const sharedDir = await mkdtemp(path.join(tmpdir(), 'perennial-shared-'));
      const other = await mkdtemp(path.join(tmpdir(), 'perennial-other-'));
      const moved = `${other}-moved`;
      await chmod(sharedDir, 0o755);
      const startIn = async (stateDir: string, force?: 'other-user') =>
        startPostgres({
          stateDir,
          logFile: path.join(stateDir, 'postgres.log'),
          port: await freePort(54_600),
          account: { force, sharedDir },
        });
      try {
        const first = await startIn(other, 'other-user');
        const uid = execFileSync('ps', ['-o', 'uid=', '-p', String(first.process.pid)], { encoding: 'utf8' });
        expect(Number(uid)).toBeGreaterThan(0);
        await ask(first.url, 'create table kept (answer int)');
        await first.process.stop();
        await rename(other, moved);
        const second = await startIn(moved);
        expect(await ask(second.url, 'select count(*)::int from kept')).toBe(0);
        await second.process.stop();
      } finally {
        await rm(moved, { recursive: true, force: true });
        await rm(sharedDir, { recursive: true, force: true });
      }
    },
  );

  it('leave no process behind after stop, and start again', async () => {
    const pids = Object.values(engines.pids());
    await engines.stop();
    expect(pids.map((pid) => processStartToken(pid))).toEqual([undefined, undefined]);
    expect(await readdir(path.join(stateDir, 'run'))).toEqual([]);
    expect(existsSync(path.join(stateDir, 'lock'))).toBe(false);
    engines = await startEngines(testConfig(), { log });
    expect(await query('select answer from kept')).toBe(42);
  });
});
