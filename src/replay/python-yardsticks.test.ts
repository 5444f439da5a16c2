import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replayedTable, type ReplayedTable } from '../../tests/worlds/replayed-table.ts';
import { pythonYardsticks } from './python-yardsticks.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-python-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const result = { trainings: 1, cpuSeconds: 0.25, library: 'fake 1' };

/** A program in the place of Python: it keeps what it was given, and answers what `scores` makes of the question. */
async function fakePython(name: string, scores: string): Promise<string> {
  const file = path.join(folder, name);
  const script = `#!${process.execPath}
    const fs = require('node:fs');
    const [, , script, folder, learner] = process.argv;
    for (const part of ['question.json', 'columns.f32', 'labels.f64'])
      fs.copyFileSync(folder + '/' + part, ${JSON.stringify(folder)} + '/${name}-' + part);
    const question = JSON.parse(fs.readFileSync(folder + '/question.json', 'utf8'));
    const scores = (${scores})(question, learner);
    fs.writeFileSync(folder + '/' + learner + '.f64', new Uint8Array(Float64Array.from(scores).buffer));
    console.log(JSON.stringify({ result: ${JSON.stringify(result)} }));`;
  await writeFile(file, script);
  await chmod(file, 0o755);
  return file;
}

function answer(python: string, { spec, table, historyRows, labelDelayRows }: ReplayedTable) {
  return pythonYardsticks(spec, table, {
    python,
    folder: path.join(folder, 'work'),
    fromRow: historyRows,
    labelDelayRows,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

describe('what Python is asked', () => {
  test('holds the columns as models see them and no name of the table', async () => {
    const replayed = replayedTable('binary', 300, 100);
    const python = await fakePython('asks', '({ liveRows, width }) => new Array(liveRows * width).fill(0.5)');
    const answers = await answer(python, replayed);
    const text = await readFile(path.join(folder, 'asks-question.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({
      historyRows: 100,
      liveRows: 200,
      labelDelayRows: 40,
      everyRows: 100,
      windowRows: 100,
      width: 2,
      categories: [1],
      seed: 7,
    });
    const columns = new Float32Array(Uint8Array.from(await readFile(path.join(folder, 'asks-columns.f32'))).buffer);
    // Number, category, boolean, and of a time its hour and its weekday.
    expect(columns).toHaveLength(5 * 300);
    expect([...columns.subarray(3 * 300, 3 * 300 + 25)]).toEqual([...Array.from({ length: 24 }, (_, hour) => hour), 0]);
    expect([...new Set(columns.subarray(300, 600))].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    const labels = new Float64Array(Uint8Array.from(await readFile(path.join(folder, 'asks-labels.f64'))).buffer);
    expect(labels).toEqual(replayed.table.labels);
    expect(answers.adaptiveForest).toEqual({
      ...result,
      scores: new Float64Array(400).fill(0.5),
      thresholds: new Float64Array(200).fill(Number.NaN),
    });
  });

  test('is gone afterwards', async () => {
    const python = await fakePython('leaves', '({ liveRows, width }) => new Array(liveRows * width).fill(0.5)');
    await answer(python, replayedTable('binary', 200, 100));
    expect(existsSync(path.join(folder, 'work'))).toBe(false);
  });
});

test.each([
  ['too few', 'binary', '({ liveRows, width }) => new Array(liveRows * width - 1).fill(0.5)'],
  ['no number', 'regression', '({ liveRows }) => new Array(liveRows).fill(NaN)'],
  ['no probability', 'multiclass', '({ liveRows, width }) => new Array(liveRows * width).fill(1.5)'],
] as const)('scores that are %s are none', async (what, task, scores) => {
  const python = await fakePython(what.replace(' ', '-'), scores);
  const { rollingLightgbm } = await answer(python, replayedTable(task, 200, 100));
  expect(rollingLightgbm).toEqual({ missing: 'what it answered are no scores of these rows' });
});

test('values of a regression may be any number', async () => {
  const python = await fakePython(
    'values',
    '({ liveRows }) => Array.from({ length: liveRows }, (_, row) => -1e9 * row)',
  );
  const { rollingLightgbm } = await answer(python, replayedTable('regression', 200, 100));
  expect('missing' in rollingLightgbm ? null : rollingLightgbm.scores[2]).toBe(-2e9);
});

test('one that fails leaves the other', async () => {
  const python = await fakePython(
    'half',
    `({ liveRows, width }, learner) => {
      if (learner === 'rollingLightgbm') process.exit(3);
      return new Array(liveRows * width).fill(0.5);
    }`,
  );
  const answers = await answer(python, replayedTable('binary', 200, 100));
  expect(answers.rollingLightgbm).toEqual({ missing: `${python} ended without an answer` });
  expect(answers.adaptiveForest).toMatchObject(result);
});

test('a folder that cannot be written to is said', async () => {
  const { spec, table, historyRows, labelDelayRows } = replayedTable('binary', 200, 100);
  const file = path.join(folder, 'a-file');
  await writeFile(file, '');
  const plan = {
    fromRow: historyRows,
    labelDelayRows,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  };
  const inside = path.join(file, 'inside');
  const { adaptiveForest } = await pythonYardsticks(spec, table, { ...plan, python: 'python3', folder: inside });
  expect(adaptiveForest).toEqual({ missing: `its rows could not be written to ${inside}` });
});
