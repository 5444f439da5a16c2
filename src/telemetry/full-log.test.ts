import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

test.skipIf(!existsSync('/dev/full'))('a log on a full disk loses lines, and the process goes on', () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const logger = pathToFileURL(path.join(import.meta.dirname, 'logger.ts')).href;
  const source = `
    const { createLogger } = await import(${JSON.stringify(logger)});
    const log = createLogger('full', 'info');
    for (let line = 0; line < 3; line++) log.info('a line');
    setTimeout(() => process.stdout.write('alive'), 50);`;
  const child = spawnSync(process.execPath, ['--import', tsx, '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
    encoding: 'utf8',
    timeout: 120_000,
  });
  expect(child).toMatchObject({ status: 0, stdout: 'alive' });
});
