import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { columnFrom, columnsOf } from '../run/columns.ts';
import { loadModel, runModel } from '../run/run-model.ts';
import { importForeign } from './import-foreign.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-import-dump-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Recorded {
  readonly about: string;
  readonly maker: string;
  readonly features: readonly (readonly [string, string])[];
  readonly rows: readonly (readonly (number | string | null)[])[];
  readonly answers: readonly (number | readonly number[])[];
  readonly text: string;
}
const golden = path.join(import.meta.dirname, '..', 'dumps', 'dumps.golden.json');
const { cases }: { readonly cases: readonly Recorded[] } = JSON.parse(await readFile(golden, 'utf8'));

/** Imports a recorded dump, and asks it for its recorded rows. */
async function take(maker: string, about: string, signature: ForeignSignature = {}) {
  const one = cases.find((other) => other.maker === maker && other.about === about);
  if (one === undefined) throw new RangeError(`there is no ${about}`);
  const file = path.join(folder, 'model.json');
  await writeFile(file, one.text);
  const { findings, modelFile } = await importForeign(file, signature, null, 'digest', folder);
  const columns = findings.features.map((feature, at) =>
    columnFrom(
      feature,
      one.rows.map((row) => row[at] ?? null),
    ),
  );
  const { session } = await loadModel(modelFile);
  const { scores, outputs } = await runModel(session, columnsOf(one.rows.length, columns));
  await session.release();
  const differences = one.answers.flatMap((answer, row) => {
    const theirs = typeof answer === 'number' ? [answer] : answer;
    const from = theirs.length === 1 && outputs === 2 ? 1 : 0;
    return theirs.map((said, at) => Math.abs((scores[row * outputs + from + at] ?? Number.NaN) - said));
  });
  expect(differences.length).toBeGreaterThan(10);
  return { findings, worst: Math.max(...differences) };
}

test('a dump of LightGBM is taken as it is, with its words', async () => {
  const { findings, worst } = await take('lightgbm', 'two classes, as it is written');
  expect(worst).toBeLessThan(5e-7);
  expect(findings).toMatchObject({ task: 'binary', classes: ['0', '1'] });
  expect(findings.features.map(({ name, kind, missing }) => [name, kind, missing])).toEqual([
    ['amount_eur', 'number', 'allow'],
    ['items', 'number', 'allow'],
    ['flag', 'number', 'allow'],
    ['country', 'category', 'allow'],
    ['plan', 'category', 'allow'],
  ]);
  expect(findings.notes).toContain('file: a dump of LightGBM, 2 trees, objective binary');
});

test('a model of XGBoost is taken as it is, its classes by the words of the signature', async () => {
  const classes = ['low', 'middle', 'high'];
  const { findings, worst } = await take('xgboost', 'three classes, stopped early', { output: { classes } });
  expect(worst).toBeLessThan(5e-7);
  expect(findings).toMatchObject({ task: 'multiclass', classes });
  const values = await take('xgboost', 'values');
  expect(values.worst).toBeLessThan(1e-5);
  expect(values.findings.task).toBe('regression');
});

test('columns without names are numbered, or called as the signature has them', async () => {
  const numbered = await take('lightgbm', 'no names, and codes');
  expect(numbered.worst).toBeLessThan(5e-7);
  expect(numbered.findings.features.map(({ name, kind }) => [name, kind])).toEqual([
    ['f0', 'number'],
    ['f1', 'number'],
    ['f2', 'number'],
  ]);
  const features = ['amount', 'items', 'country'].map((name) => ({ name, kind: 'number' as const }));
  const called = await take('xgboost', 'no names, and codes', { features });
  expect(called.worst).toBeLessThan(5e-7);
  expect(called.findings.features.map(({ name }) => name)).toEqual(['amount', 'items', 'country']);
});

test('codes become words where the signature says them in their order', async () => {
  const values = ['DE', 'FR', 'NL', 'CZ', 'UK', 'US'];
  const one = cases.find((other) => other.maker === 'xgboost' && other.about === 'no names, and codes');
  const file = path.join(folder, 'coded.json');
  await writeFile(file, one?.text ?? '');
  const features = [
    { name: 'amount', kind: 'number' as const },
    { name: 'items', kind: 'number' as const },
    { name: 'country', kind: 'category' as const, values },
  ];
  const { findings, modelFile } = await importForeign(file, { features }, null, 'digest', folder);
  const rows = one?.rows.map(([amount, items, code]) => [
    amount,
    items,
    typeof code === 'number' ? values[code] : null,
  ]);
  const columns = findings.features.map((feature, at) =>
    columnFrom(
      feature,
      (rows ?? []).map((row) => row[at] ?? null),
    ),
  );
  const { session } = await loadModel(modelFile);
  const { scores } = await runModel(session, columnsOf(rows?.length ?? 0, columns));
  await session.release();
  // Rows whose code is beside a whole number, or is none of the words, have no word.
  const known = one?.rows.flatMap(([, , code], row) =>
    code === null || (Number.isInteger(code) && Number(code) < 6) ? [row] : [],
  );
  expect(known?.length).toBeGreaterThan(20);
  for (const row of known ?? []) expect(scores[row * 2 + 1]).toBeCloseTo(Number(one?.answers[row]), 6);
});
