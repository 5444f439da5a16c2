import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { describeSample } from './describe-sample.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'describe-sample-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('a sample is read in its declared encoding, and no copy of its rows stays anywhere', async () => {
  const [folder, elsewhere] = [path.join(dir, 'sample'), path.join(dir, 'elsewhere')];
  await Promise.all([folder, elsewhere].map((one) => mkdir(one)));
  // UTF-8 as well as Windows-1252, in which it reads otherwise: only the declaration says which.
  const file = path.join(folder, 'source');
  await writeFile(file, 'city,amount,bad\nM\u00fcnchen,1,no\nK\u00f6ln,2,yes\n');
  const spec = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'category', name: 'city', missing: 'allow' },
      { kind: 'number', name: 'amount', missing: 'refuse' },
    ],
    target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: 'cities.csv', format: 'csv', encoding: 'windows-1252' },
  });
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

test('a rule that asks a view is left out, by name, and refuses no sample', async () => {
  const file = path.join(dir, 'orders');
  await writeFile(file, 'city,amount,bad\nBern,1,no\nBern,2,yes\n');
  const spec = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'category', name: 'city', missing: 'allow' },
      { kind: 'number', name: 'amount', missing: 'refuse' },
    ],
    contract: {
      rules: [
        { rule: 'references', id: 'city known', columns: ['city'], view: 'cities', digest: null, severity: 'reject' },
      ],
    },
    target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: 'orders.csv', format: 'csv' },
  });
  const found = await describeSample({ path: file, name: 'orders.csv', format: 'csv', rowsMax: 10 }, spec);
  expect(found.contract).toMatchObject({ verdict: 'accepted', rules: [] });
  expect(found.notes).toContain('Not asked here, since they ask views: city known.');
});
