import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isSameProcess, processStartToken, tryLock, waitForLock } from './process-lock.mjs';

let folder = '';
let file = '';
const module = fileURLToPath(new URL('./process-lock.mjs', import.meta.url));

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'perennial-lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function locker(body: string) {
  return spawn(
    process.execPath,
    ['--input-type=module', '-e', `import { tryLock } from ${JSON.stringify(module)}; ${body}`],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
}

it('knows a process by its start, not by its pid alone', () => {
  const token = processStartToken(process.pid) ?? '';
  expect(isSameProcess(process.pid, token)).toBe(true);
  expect(isSameProcess(process.pid, `${token}1`)).toBe(false);
  expect(processStartToken(2 ** 22 + 1)).toBeUndefined();
});

it('is held by one, names the holder, and is free after release', () => {
  const held = tryLock(file);
  expect(held.release).toBeDefined();
  expect(tryLock(file).heldByPid).toBe(process.pid);
  held.release?.();
  expect(existsSync(file)).toBe(false);
  const again = tryLock(file);
  expect(again.release).toBeDefined();
  again.release?.();
  expect(readdirSync(folder)).toEqual([]);
});

it('is refused while another process lives, and broken after kill -9', async () => {
  const other = locker(`tryLock(${JSON.stringify(file)}); console.log('held'); setInterval(() => {}, 1000);`);
  await once(other.stdout, 'data');
  expect(tryLock(file).heldByPid).toBe(other.pid);
  expect(await waitForLock(file, 150)).toBeUndefined();
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(tryLock(file).release).toBeDefined();
});

it.each(['', '{"pid":', JSON.stringify({ pid: process.pid, startToken: 'another life' })])(
  'breaks a lock with content %j',
  (content) => {
    writeFileSync(file, content);
    expect(tryLock(file).release).toBeDefined();
  },
);

it('goes to exactly one of many that break the same stale lock at once', async () => {
  writeFileSync(file, JSON.stringify({ pid: process.pid, startToken: 'another life' }));
  const rivals = Array.from({ length: 6 }, () =>
    locker(
      `process.stdin.once('data', () => { console.log(tryLock(${JSON.stringify(file)}).release ? 'won' : 'lost'); ` +
        `}); console.log('ready');`,
    ),
  );
  await Promise.all(rivals.map((rival) => once(rival.stdout, 'data')));
  const answers = rivals.map(async (rival) => String((await once(rival.stdout, 'data'))[0]).trim());
  for (const rival of rivals) rival.stdin.write('go\n');
  const results = await Promise.all(answers);
  for (const rival of rivals) rival.kill('SIGKILL');
  expect(results.filter((result) => result === 'won')).toHaveLength(1);
});
