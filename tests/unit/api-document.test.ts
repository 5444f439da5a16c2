import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { errorTable } from '../../src/domain/words/errors.ts';

test('docs/api.md lists every code as the table has it, and no other', async () => {
  const text = await readFile(path.join(rootDir, 'docs', 'api.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z_]+)` \| (\d{3}) \| (yes|no) \| (.+) \|$/gm)].map(
    ([, code, status, retryable, hint]) => ({ code, status: Number(status), retryable: retryable === 'yes', hint }),
  );
  expect(rows).toEqual(Object.entries(errorTable).map(([code, row]) => ({ code, ...row })));
});
