import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import type { Finding } from '../../src/doctor/findings.ts';

/** The command as a person types it, in a process of its own; with engines that run, it is tried in tests/e2e. */
let folder: string;
let hole: Server;
let holePort: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-doctor-'));
  // Takes connections and never says a word: the worst kind of broken.
  hole = createServer(() => undefined);
  await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
  holePort = (hole.address() as AddressInfo).port;
});

afterAll(async () => {
  hole.close();
  await rm(folder, { recursive: true, force: true });
});

interface Report {
  readonly code: number | null;
  readonly failed: number;
  readonly of: (name: string) => Finding | undefined;
}

function doctor(env: Readonly<Record<string, string>>): Promise<Report> {
  const bare = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DATABASE_URL|TEMPORAL_|PERENNIAL_)/.test(name)),
  );
  const child = spawn(process.execPath, [path.join(rootDir, 'bin', 'perennial.mjs'), 'doctor', '--json'], {
    env: { ...bare, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      const { failed, findings } = JSON.parse(text) as {
        readonly failed: number;
        readonly findings: readonly Finding[];
      };
      resolve({
        code,
        failed,
        of: (name) => findings.find((finding) => finding.name === name),
      });
    });
  });
}

test('where nothing runs it says so, and nothing has failed', async () => {
  const report = await doctor({ PERENNIAL_STATE_DIR: path.join(folder, 'empty') });
  expect({ code: report.code, failed: report.failed }).toEqual({ code: 0, failed: 0 });
  expect(report.of('node')).toMatchObject({
    state: 'ok',
    says: expect.stringContaining(process.versions.node) as string,
  });
  expect(report.of('disk of state')?.says).toMatch(/GiB free/);
  for (const name of ['stack', 'postgres', 'temporal', 'token', 'definitions'])
    expect(report.of(name)).toMatchObject({ state: 'skip' });
  expect(report.of('stack')?.says).toContain('npm run dev');
});

test('what was killed, waits too long, was refused or may be read by others is told with its fix', async () => {
  const stateDir = path.join(folder, 'killed');
  const spoolDir = path.join(stateDir, 'spool');
  await mkdir(spoolDir, { recursive: true });
  // No process has this number: it is above the highest that Linux gives out.
  const stack = {
    controlUrl: 'http://127.0.0.1:1',
    inferenceUrl: 'http://127.0.0.1:1',
    tokensFile: path.join(stateDir, 'tokens.json'),
    pid: 2 ** 22 + 1,
  };
  await writeFile(path.join(stateDir, 'stack.json'), JSON.stringify(stack));
  await writeFile(stack.tokensFile, '{"admin":"prn_a","predictor":"prn_p"}', { mode: 0o644 });
  await writeFile(path.join(spoolDir, 'a.ready'), 'x');
  await writeFile(path.join(spoolDir, 'b.bad'), 'x');
  await utimes(path.join(spoolDir, 'a.ready'), 1_000, 1_000);
  const report = await doctor({ PERENNIAL_STATE_DIR: stateDir, PERENNIAL_CONTROL_PORT: String(holePort) });
  expect(report.of('stack')).toMatchObject({
    state: 'warn',
    says: expect.stringContaining('is gone') as string,
    fix: expect.stringContaining('npm run dev') as string,
  });
  expect(report.of('spool')).toMatchObject({ state: 'warn', says: expect.stringContaining('*.bad') as string });
  expect(report.of('secrets')).toMatchObject({ state: 'warn', fix: expect.stringContaining('chmod 600') as string });
  expect(report.of(`port ${holePort}`)).toMatchObject({
    state: 'warn',
    fix: expect.stringContaining('PERENNIAL_CONTROL_PORT') as string,
  });
});

// Both at once: they wait far more than they compute.
describe.concurrent('engines that are configured and do not answer fail', () => {
  test.each([
    ['nobody listens', () => 1],
    ['somebody takes the connection and is silent', () => holePort],
  ])('%s: exit 1, and nothing hangs', async (_what, portOf) => {
    const port = portOf();
    const report = await doctor({
      PERENNIAL_STATE_DIR: path.join(folder, 'away'),
      DATABASE_URL: `postgres://somebody:hunter2@127.0.0.1:${port}/none?sslmode=disable`,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      PERENNIAL_CONTROL_URL: `http://127.0.0.1:${port}`,
      PERENNIAL_TOKEN: 'prn_x',
    });
    expect(report.code).toBe(1);
    expect(report.of('control')).toMatchObject({ state: 'fail' });
    expect(report.of('temporal')).toMatchObject({
      state: 'fail',
      fix: expect.stringContaining('TEMPORAL_ADDRESS') as string,
    });
    // Either it failed by itself or the time for one check was over: never a hang, never a success.
    expect(report.of('postgres')?.state).toMatch(/fail|warn/);
  });
});
