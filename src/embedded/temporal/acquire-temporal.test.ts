import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireTemporal } from './acquire-temporal.ts';
import { downloadTemporal } from './download-temporal.ts';
import { compareVersions, probeTemporalCli } from './temporal-cli.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, says: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, `#!/bin/sh\necho "${says}"\n`);
  await chmod(file, 0o755);
  return file;
}

it('compares by number, not by text', () => {
  expect(compareVersions('1.9.0', '1.29.1')).toBeLessThan(0);
  expect(compareVersions('1.31.2', '1.31.2')).toBe(0);
});

it('accepts a CLI by the server inside it, and says why not otherwise', async () => {
  const good = await program('good', 'temporal version 0.0.0-DEV (Server 1.31.2, UI 2.50.1)');
  expect(await probeTemporalCli(good)).toEqual({ file: good, serverVersion: '1.31.2' });
  expect(await probeTemporalCli(await program('old', 'temporal version 1.1.0 (Server 1.25.0, UI 2.30.0)'))).toContain(
    'at least 1.29.1',
  );
  expect(await probeTemporalCli(await program('other', 'hello'))).toContain('is not a Temporal CLI');
  expect(await probeTemporalCli(path.join(folder, 'absent'))).toContain('does not run');
});

describe('acquireTemporal', () => {
  const paths = () => ({ cacheDir: path.join(folder, 'cache'), stateDir: path.join(folder, 'state'), rootDir: folder });

  it('takes TEMPORAL_CLI alone when it is set', async () => {
    const good = await program('good', 'temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)');
    expect((await acquireTemporal({ ...paths(), temporalCliPath: good }, () => {})).file).toBe(good);
    await expect(acquireTemporal({ ...paths(), temporalCliPath: '/absent' }, () => {})).rejects.toMatchObject({
      code: 'configuration',
      path: 'TEMPORAL_CLI',
    });
  });
});

describe('downloadTemporal', () => {
  it('unpacks what states the right version and leaves nothing else', async () => {
    await program('temporal', 'temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)');
    execFileSync('tar', ['-czf', 'a.tgz', 'temporal'], { cwd: folder });
    const archive = await readFile(path.join(folder, 'a.tgz'));
    await mkdir(path.join(folder, 'out'));
    const server = createServer((_request, response) => response.end(archive)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = path.join(folder, 'out', 'temporal');
    const lines: string[] = [];
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const failure = await downloadTemporal({ target, onProgress: (line) => lines.push(line), origin });
    server.close();
    expect(failure).toBeUndefined();
    expect(await probeTemporalCli(target)).toMatchObject({ serverVersion: '1.31.2' });
    expect(lines[0]).toContain('downloading');
  });

  it('gives the cause at once when nobody answers', async () => {
    const failure = await downloadTemporal({
      target: path.join(folder, 'temporal'),
      onProgress: () => {},
      origin: 'http://127.0.0.1:9',
    });
    expect(failure).toMatch(/ECONNREFUSED|bad port/);
  });
});
