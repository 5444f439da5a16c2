import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { completeSpec, type ModelSpecInput } from '../../domain/spec/default-spec.ts';
import { describeSample } from './describe-sample.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'describe-sample-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const shop = (word: string, change: Pick<ModelSpecInput, 'source' | 'contract'>) =>
  completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'category', name: word, missing: 'allow' },
      { kind: 'number', name: 'amount', missing: 'refuse' },
    ],
    target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    ...change,
  });

test('a sample is read in its declared encoding, and no copy of its rows stays anywhere', async () => {
  const [folder, elsewhere] = [path.join(dir, 'sample'), path.join(dir, 'elsewhere')];
  await Promise.all([folder, elsewhere].map((one) => mkdir(one)));
  // UTF-8 as well as Windows-1252, in which it reads otherwise: only the declaration says which.
  const file = path.join(folder, 'source');
  await writeFile(file, 'city,amount,bad\nM\u00fcnchen,1,no\nK\u00f6ln,2,yes\n');
  const source = { kind: 'file', path: 'cities.csv', format: 'csv', encoding: 'windows-1252' } as const;
  const spec = shop('city', { source });
  vi.stubEnv('TMPDIR', elsewhere);
  const sampled = { path: file, name: 'cities.csv', format: 'csv', rowsMax: 10 } as const;
  const declared = await describeSample({ ...sampled, encoding: 'windows-1252' }, spec);
  const found = await describeSample(sampled, spec);
  vi.unstubAllEnvs();
  expect(declared.rows[0]?.[0]).toBe('M\u00c3\u00bcnchen');
  expect(found.rows[0]?.[0]).toBe('M\u00fcnchen');
  expect(found.contract).toMatchObject({ verdict: 'accepted' });
  expect([await readdir(folder), await readdir(elsewhere)]).toEqual([['source'], []]);
});

test('rules that ask a view, or batches before, are left out and named; the others are asked', async () => {
  const folder = path.join(dir, 'rules');
  await mkdir(folder);
  const file = path.join(folder, 'source');
  await writeFile(file, 'card,amount,bad\na,1,no\na,2,yes\n');
  const spec = shop('card', {
    contract: {
      quarantineShareMax: 1,
      rules: [
        { id: 'known-card', rule: 'references', columns: ['card'], view: 'cards', digest: 'd', severity: 'reject' },
        { id: 'as-many', rule: 'rowCountHistory', batches: 5, factor: 3, severity: 'reject' },
        { id: 'once', rule: 'unique', columns: ['card'], severity: 'quarantine' },
      ],
    },
    source: { kind: 'file', path: 'rules.csv', format: 'csv' },
  });
  const { contract } = await describeSample({ path: file, name: 'rules.csv', format: 'csv', rowsMax: 10 }, spec);
  expect(contract).toMatchObject({
    verdict: 'accepted',
    rules: [{ ruleId: 'once', rows: 1 }],
    notAsked: ['known-card', 'as-many'],
  });
});

test('different values of a sample are counted, not estimated', async () => {
  const file = path.join(dir, 'distinct.csv');
  const lines = Array.from({ length: 900 }, (_, i) => `c${i % 100},${i % 8},${i % 3 === 0 ? 'yes' : 'no'}`);
  await writeFile(file, `card,amount,bad\n${lines.join('\n')}\n`);
  const spec = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
    target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: 'distinct.csv', format: 'csv' },
  });
  const { columns } = await describeSample({ path: file, name: 'distinct.csv', format: 'csv', rowsMax: 1_000 }, spec);
  expect(columns.map(({ distinct }) => distinct)).toEqual([100, 8, 2]);
});
