import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loaderArguments } from '../../entry-point.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { freePort } from './free-port.ts';
import { processStartToken } from './process-lock.mjs';
import { spawnNode } from './spawn-node.ts';
import { superviseProcesses } from './supervisor.ts';
import type { Supervised } from './supervisor.ts';

const log = createLogger('test', 'silent');
let folder = '';
let entry = '';
let supervised: Supervised | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-supervisor-'));
  entry = path.join(folder, 'main.mts');
  const endWithParent = fileURLToPath(new URL('./end-with-parent.ts', import.meta.url));
  await writeFile(
    entry,
    `import { createServer } from 'node:http';
     import { writeFileSync } from 'node:fs';
     import { endWithParent } from ${JSON.stringify(endWithParent)};
     const [port, ended] = process.argv.slice(2);
     endWithParent((reason: string) => { writeFileSync(ended!, reason); process.exit(0); });
     const server = createServer((_request, response) => response.end('ok'));
     server.listen(Number(port), '127.0.0.1', () => console.log('listening'));`,
  );
});
afterEach(async () => {
  await supervised?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('starts a killed process again, and ends it in good order on stop', async () => {
  const port = await freePort(46_100);
  const ended = path.join(folder, 'ended');
  supervised = superviseProcesses(
    [{ name: 'web', args: [...loaderArguments(), entry, String(port), ended], readyUrl: `http://127.0.0.1:${port}/` }],
    { log, logDir: folder, stateDir: folder },
  );
  await supervised.ready(10_000);
  const first = supervised.pids()['web'] ?? 0;
  process.kill(first, 'SIGKILL');
  const deadline = performance.now() + 10_000;
  while (supervised.restartCount() === 0 && performance.now() < deadline) await sleep(10);
  await supervised.ready(10_000);
  const second = supervised.pids()['web'] ?? 0;
  expect(second).not.toBe(first);
  await supervised.stop();
  expect(processStartToken(second)).toBeUndefined();
  expect(await readFile(ended, 'utf8')).toBe('signal');
  expect(await readFile(path.join(folder, 'web.log'), 'utf8')).toContain('listening');
  expect(existsSync(path.join(folder, 'run', 'process-web.json'))).toBe(false);
});

it('leaves no child when the parent is killed with -9', async () => {
  const port = await freePort(46_200);
  const ended = path.join(folder, 'ended');
  const parent = path.join(folder, 'parent.mts');
  const spawnFile = fileURLToPath(new URL('./spawn-node.ts', import.meta.url));
  await writeFile(
    parent,
    `import { spawnNode } from ${JSON.stringify(spawnFile)};
     const args = ${JSON.stringify([...loaderArguments(), entry, String(port), ended])};
     const child = await spawnNode({ args, logFile: ${JSON.stringify(path.join(folder, 'child.log'))} });
     console.log('child ' + child.pid);
     setInterval(() => {}, 1000);`,
  );
  const killed = await spawnNode({ args: [...loaderArguments(), parent], logFile: path.join(folder, 'parent.log') });
  const deadline = performance.now() + 10_000;
  const logged = async (name: string) => readFile(path.join(folder, name), 'utf8').catch(() => '');
  while (!(await logged('child.log')).includes('listening') && performance.now() < deadline) await sleep(20);
  const child = Number(/child (\d+)/.exec(await logged('parent.log'))?.[1]);
  expect(processStartToken(child)).toBeDefined();
  killed.signal('SIGKILL');
  while (processStartToken(child) !== undefined && performance.now() < deadline) await sleep(10);
  expect(processStartToken(child)).toBeUndefined();
  expect(await readFile(ended, 'utf8')).toBe('parent');
});

it('says where to look when a process does not get ready', async () => {
  supervised = superviseProcesses(
    [{ name: 'broken', args: [path.join(folder, 'absent.ts')], readyUrl: 'http://127.0.0.1:9/' }],
    { log, logDir: folder, stateDir: folder },
  );
  await expect(supervised.ready(400)).rejects.toMatchObject({
    code: 'unavailable',
    path: path.join(folder, 'broken.log'),
  });
});
