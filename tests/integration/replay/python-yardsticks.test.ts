import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prequential } from '../../../src/replay/prequential.ts';
import {
  pythonLearners,
  pythonScript,
  pythonYardsticks,
  type PythonYardstick,
} from '../../../src/replay/python-yardsticks.ts';
import { missingLearners, python } from '../../worlds/python-learners.ts';
import { replayedTable, type ReplayedTable } from '../../worlds/replayed-table.ts';
import { titled } from '../../worlds/tools.ts';

/** LightGBM and river themselves, through the script that ships. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-learners-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function answer({ spec, table, historyRows, labelDelayRows }: ReplayedTable) {
  return pythonYardsticks(spec, table, {
    python,
    folder: path.join(folder, 'work'),
    fromRow: historyRows,
    labelDelayRows,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

function there(yardstick: PythonYardstick): Exclude<PythonYardstick, { readonly missing: string }> {
  if ('missing' in yardstick) throw new Error(yardstick.missing);
  return yardstick;
}

const historyRows = 300;
const rows = 700;

describe.skipIf(missingLearners !== null)(titled('yardsticks of Python', missingLearners), () => {
  test.each(['binary', 'multiclass', 'regression'] as const)('%s: both learn, and again the same', async (task) => {
    const replayed = replayedTable(task, rows, historyRows);
    const { spec, table } = replayed;
    const [once_, again] = [await answer(replayed), await answer(replayed)];
    const labels = table.labels.subarray(historyRows);
    const constant = constantAnswer(replayed);
    for (const learner of pythonLearners) {
      const { cpuSeconds, library, trainings, ...served } = there(once_[learner]);
      expect(there(again[learner]).scores, learner).toEqual(served.scores);
      expect(cpuSeconds).toBeGreaterThan(0);
      expect(library).toMatch(learner === 'adaptiveForest' ? /^river \d/ : /^lightgbm \d/);
      // Every four windows of 25 rows; the forest learns each row.
      expect(trainings).toBe(learner === 'adaptiveForest' ? null : 4);
      const [own, theirs] = [prequential(spec, labels, served), prequential(spec, labels, constant)];
      const loss = task === 'regression' ? 'rmse' : 'logLoss';
      expect(own[loss], learner).toBeLessThan(0.9 * (theirs[loss] ?? 0));
    }
  });

  test('no answer knows a label that had not come', async () => {
    const replayed = replayedTable('binary', rows, historyRows);
    const changedFrom = 120;
    const labels = replayed.table.labels.map((label, row) => (row < historyRows + changedFrom ? label : 1 - label));
    const changed = { ...replayed, table: { ...replayed.table, labels } };
    const [before, after] = [await answer(replayed), await answer(changed)];
    for (const learner of pythonLearners) {
      const [one, other] = [there(before[learner]).scores, there(after[learner]).scores];
      const first = one.findIndex((score, at) => score !== other[at]);
      const row = Math.floor(first / 2);
      // Known once 40 rows have passed since; the forest has it in the very next row.
      if (learner === 'adaptiveForest') expect(row).toBe(changedFrom + 41);
      else expect(row).toBe(200);
    }
  });

  test('the first live label is learnt as soon as it is known', async () => {
    const replayed = { ...replayedTable('regression', rows, historyRows), labelDelayRows: 0 };
    const labels = replayed.table.labels.map((label, row) => (row === historyRows ? 1e6 : label));
    const changed = { ...replayed, table: { ...replayed.table, labels } };
    const [before, after] = [await answer(replayed), await answer(changed)];
    const [one, other] = [there(before.adaptiveForest).scores, there(after.adaptiveForest).scores];
    expect(one[0]).toBe(other[0]);
    expect(one[1]).not.toBe(other[1]);
  });

  test('the script ends with whoever asked, in the middle of its work', async () => {
    const liveRows = 500_000;
    const question = { historyRows: 10, liveRows, labelDelayRows: 0, width: 1, categories: [], seed: 7 };
    await writeFile(path.join(folder, 'question.json'), JSON.stringify(question));
    await writeFile(path.join(folder, 'columns.f32'), new Uint8Array(4 * (liveRows + 10)));
    await writeFile(path.join(folder, 'labels.f64'), new Uint8Array(8 * (liveRows + 10)));
    const child = spawn(python, [pythonScript, folder, 'adaptiveForest'], { stdio: ['pipe', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    child.stdin.end();
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
  });
});

/** The shares, or the mean, of history. */
function constantAnswer({ spec, table }: ReplayedTable) {
  const known = table.labels.subarray(0, historyRows).filter((label) => !Number.isNaN(label));
  const width = spec.target.task === 'binary' ? 2 : spec.target.task === 'multiclass' ? 3 : 1;
  const mean = known.reduce((sum, label) => sum + label, 0) / known.length;
  const answerOf = (at: number): number =>
    width === 1 ? mean : known.filter((label) => label === at).length / known.length;
  const live = table.rows.length - historyRows;
  return {
    scores: Float64Array.from({ length: live * width }, (_, at) => answerOf(at % width)),
    thresholds: new Float64Array(live).fill(Number.NaN),
  };
}
