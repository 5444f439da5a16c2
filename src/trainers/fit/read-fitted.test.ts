import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { files } from '../prepare/folder.ts';
import { readFitted, takeFitted } from './read-fitted.ts';

let from = '';
let folder = '';
beforeEach(async () => {
  from = await mkdtemp(join(tmpdir(), 'perennial-fitted-'));
  folder = await mkdtemp(join(tmpdir(), 'perennial-judged-'));
  await writeFile(join(folder, files.prepared), JSON.stringify(prepared));
  for (const name of ['candidate', 'release']) {
    // oxlint-disable-next-line no-await-in-loop -- four small files
    await writeFile(join(from, `${name}.onnx`), name);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await writeFile(join(from, `${name}.predictions.parquet`), name);
  }
});
afterEach(async () => {
  await rm(from, { recursive: true });
  await rm(folder, { recursive: true });
});

const prepared = {
  rows: 100,
  split: { training: { from: 0, to: 60 }, validation: { from: 62, to: 80 }, test: { from: 82, to: 100 }, gapRows: 4 },
};
const fitted = (name: string, to: number) => ({
  family: 'gbdt',
  modelFile: `${name}.onnx`,
  predictionsFile: `${name}.predictions.parquet`,
  trees: 3,
  fittedOn: { from: 0, to },
  importance: [{ feature: 'amount', gain: 1 }],
});
const report = {
  formatVersion: 1,
  historyShare: 1,
  candidate: fitted('candidate', 60),
  release: fitted('release', 100),
};
const write = (value: unknown) => writeFile(join(from, files.fitted), JSON.stringify(value));

test('what a fit made is copied, and stays as it was when the fit goes on writing', async () => {
  await write(report);
  await takeFitted(from, folder);
  await writeFile(join(from, 'candidate.onnx'), 'another');
  await writeFile(join(from, files.fitted), '{}');
  expect(await readFitted(folder, prepared)).toEqual(report);
  expect(await readFile(join(folder, 'candidate.onnx'), 'utf8')).toBe('candidate');
});

test.each([
  ['no JSON', '{', /is no JSON/],
  ['another form', { ...report, formatVersion: 2 }, /not as declared at formatVersion/],
  [
    'a file of somewhere else',
    { ...report, candidate: { ...report.candidate, modelFile: '../../../etc/passwd' } },
    /not as declared at candidate.modelFile/,
  ],
  [
    'a file that was prepared',
    { ...report, candidate: { ...report.candidate, predictionsFile: files.test } },
    /not as declared at candidate.predictionsFile/,
  ],
  ['a candidate that has seen the test', { ...report, candidate: fitted('candidate', 61) }, /other rows than those/],
  ['more rows than there are', { ...report, release: fitted('release', 101) }, /more than the 100 rows/],
  [
    'a family that nobody asked for',
    { ...report, candidate: { ...report.candidate, family: 'external' } },
    /by another/,
  ],
  [
    'no answers of its own',
    { ...report, candidate: { ...report.candidate, predictionsFile: null } },
    /comes without answers of its own/,
  ],
  ['a release that is not there', { ...report, release: fitted('released', 100) }, /not as declared at release/],
])('a report with %s is refused in one sentence', async (_, value, sentence) => {
  await (typeof value === 'string' ? writeFile(join(from, files.fitted), value) : write(value));
  await expect(takeFitted(from, folder)).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringMatching(sentence),
  });
});

const moved = (training: number, from: number, to: number) => ({
  ...report,
  candidate: fitted('candidate', training),
  parts: { training: { from: 0, to: training }, validation: { from, to } },
});

test('a fit may learn from older validation rows, and says so', async () => {
  const value = { ...moved(70, 72, 80), selection: { newestRows: 8, halfLife: 0.1 }, withheld: ['amount'] };
  await write(value);
  await takeFitted(from, folder);
  expect(await readFitted(folder, prepared)).toEqual(value);
});

test.each([
  ['rows that chose are learnt from', moved(73, 72, 80), /other parts than rows before the test/],
  ['rows of the test choose', moved(70, 72, 83), /other parts than rows before the test/],
  ['no row chooses', moved(80, 80, 80), /other parts than rows before the test/],
  ['the label delay chooses', moved(60, 61, 80), /other parts than rows before the test/],
  [
    'more is learnt than is said',
    { ...moved(70, 72, 80), candidate: fitted('candidate', 71) },
    /other rows than those/,
  ],
  ['a half-life is no share', { ...report, selection: { halfLife: 2 } }, /not as declared at selection.halfLife/],
])('where %s, a report is refused in one sentence', async (_, value, sentence) => {
  await write(value);
  await expect(takeFitted(from, folder)).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringMatching(sentence),
  });
});

test('links and absent files are refused: a link could name any file of this machine', async () => {
  await expect(takeFitted(from, folder)).rejects.toMatchObject({ message: 'the fit left no file fitted.json' });
  await write(report);
  await rm(join(from, 'release.onnx'));
  await expect(takeFitted(from, folder)).rejects.toMatchObject({ message: 'the fit left no file release.onnx' });
  await symlink('/etc/hostname', join(from, 'release.onnx'));
  await expect(takeFitted(from, folder)).rejects.toMatchObject({ message: 'release.onnx of the fit is not a file' });
});

test('of blocks there is one model each, under the agreed names and no others', async () => {
  const block = (from: number, to: number) => ({ from, to });
  const folds = [
    { block: block(0, 50), outside: [block(55, 100)], training: [block(55, 80)], validation: block(85, 100) },
    { block: block(50, 100), outside: [block(0, 45)], training: [block(0, 35)], validation: block(40, 45) },
  ];
  const split = { training: block(0, 0), validation: block(0, 0), test: block(0, 100), gapRows: 0, folds };
  await writeFile(join(folder, files.prepared), JSON.stringify({ rows: 100, split }));
  for (const name of ['candidate-1.onnx', 'candidate-1.predictions.parquet'])
    // oxlint-disable-next-line no-await-in-loop -- two small files
    await writeFile(join(from, name), name);
  const file = (name: string) => ({
    modelFile: `${name}.onnx`,
    predictionsFile: `${name}.predictions.parquet`,
    trees: 3,
  });
  const withFolds = (names: readonly string[], to = 45) => ({
    ...report,
    candidate: { ...fitted('candidate', to), folds: names.map(file) },
  });
  await write(withFolds(['candidate-1', 'candidate']));
  await takeFitted(from, folder);
  expect(await readFile(join(folder, 'candidate-1.onnx'), 'utf8')).toBe('candidate-1.onnx');
  for (const names of [['candidate'], ['../secret', 'candidate'], ['candidate', 'candidate-1']]) {
    // oxlint-disable-next-line no-await-in-loop -- three small reports
    await write(withFolds(names));
    // oxlint-disable-next-line no-await-in-loop -- as above
    await expect(readFitted(from, { rows: 100, split })).rejects.toThrow(/not one model for each block/);
  }
  await write(report);
  await expect(readFitted(from, { rows: 100, split })).rejects.toThrow(/fitted on other rows|not one model for each/);
  await write(withFolds(['candidate-1', 'candidate'], 46));
  await expect(readFitted(from, { rows: 100, split })).rejects.toThrow(/fitted on other rows/);
});
