import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { withDuck } from '../duck/connect.ts';
import { withTable } from '../read/open-table.ts';
import type { OpenTable } from '../read/table-file.ts';
import { validateTable } from './validate.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'account-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const spec = completeSpec({
  name: 'shop',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [{ kind: 'number', name: 'amount', missing: 'allow' }],
  target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
  contract: { quarantineShareMax: 0.9 },
  source: { kind: 'file', path: 'unused', format: 'csv' },
});

/** Judges a table of four rows, one of them too short, after `change` has had its way with what the reader says. */
async function judge(change: (text: NonNullable<OpenTable['text']>) => void | Promise<void>) {
  const path = join(dir, 't.csv');
  await writeFile(path, 'amount,bad\n1,yes\n2\n3,no\n4,no\n');
  return withTable(path, { name: 't.csv' }, async (table) => {
    if (table.text !== null) await change(table.text);
    const options = { unlabelled: 'refuse', isLogged: false, nowMs: 0 } as const;
    return withDuck({}, (duck) => validateTable(duck, table, spec, options));
  });
}

test('a file whose lines are all explained is judged', async () => {
  expect(await judge(() => undefined)).toMatchObject({ rows: 4, accepted: 3, quarantined: 1 });
});

test.each<[string, Parameters<typeof judge>[0]]>([
  ['a line that nothing explains', ({ tally }) => void tally.account.lines++],
  ['a row that the engine did not see', ({ rowsPaths: [path = ''] }) => writeFile(path, '2,1,yes\n4,3,no\n')],
  [
    'a row that the engine saw twice',
    ({ rowsPaths: [path = ''] }) => writeFile(path, '2,1,yes\n2,1,yes\n4,3,no\n5,4,no\n'),
  ],
  ['a line set aside that is gone', ({ rejectsPath }) => writeFile(rejectsPath, '')],
])('%s refuses the whole batch', async (_, change) => {
  await expect(judge(change)).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringMatching(/^t\.csv: not every line can be accounted for \(\d lines: /),
  });
});
