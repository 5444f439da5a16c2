import { expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { lockRouting, writeRouting } from '../../src/db/routing/routing.ts';
import type { GateSpec } from '../../src/domain/spec/spec.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { footprintWorld } from '../../tests/worlds/footprint-world.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import { measureFootprint } from './measure-footprint.ts';
import type { TrainingChildren } from './training-children.ts';

const { database } = await openTestDatabase();
const gates: readonly GateSpec[] = [
  { gate: 'footprint', figure: 'rowsPerCoreSecond', atLeast: 1, batchRows: 32, undecided: 'ask' },
];
const found = footprintWorld({ candidateMs: 1 }, 'measured');
const report = JSON.parse('{"release":{"modelFile":"refit.onnx"}}') as TrainReport;

/** What the child is asked, and what is made of its answer. */
async function measure(model: string, answer: () => Promise<unknown>) {
  const asked: unknown[] = [];
  const children = {
    run: (job: unknown) => {
      asked.push(job);
      return answer();
    },
  } as unknown as TrainingChildren;
  const store = { checkedPathOf: (digest: string) => Promise.resolve(`/store/${digest}`) };
  const deps = { database, store } as unknown as Parameters<typeof measureFootprint>[0];
  const outcome = await measureFootprint(deps, children, { model, specRevision: 1 }, { folder: '/judged', report });
  return { asked, outcome };
}

test('it is measured only where a gate asks', async () => {
  await withTransaction(database, (tx) => storeSpec(tx, specOf('plain'), 'seed'));
  expect(await measure('plain', () => Promise.reject(new Error('nobody asked')))).toEqual({ asked: [], outcome: null });
});

test('the released file is measured, with the champion by the definition that it was made from', async () => {
  const spec = { ...specOf('first'), gates };
  await withTransaction(database, (tx) => storeSpec(tx, spec, 'seed'));
  const job = {
    job: 'measure',
    folder: '/judged',
    modelFile: 'refit.onnx',
    measures: { isLatencyAsked: false, isMemoryAsked: false, batchRows: [32] },
  };
  const measured = () => Promise.resolve(found);
  expect(await measure('first', measured)).toEqual({
    asked: [{ ...job, champion: null }],
    outcome: { measured: found },
  });
  const champion = {
    version: 1,
    modelDigest: 'm',
    profileDigest: 'p',
    correction: 'identity',
    threshold: 0.5,
    specRevision: 1,
  };
  await withTransaction(database, async (tx) =>
    writeRouting(tx, { ...(await lockRouting(tx, 'first')), champion, stage: 'steady' }, null),
  );
  const { features, target } = spec;
  expect((await measure('first', measured)).asked).toEqual([
    { ...job, champion: { path: '/store/m', features, target, isShared: true } },
  ]);
});

test('what cannot be measured is said, and fails no training; what went wrong otherwise does', async () => {
  await withTransaction(database, (tx) => storeSpec(tx, { ...specOf('slow'), gates }, 'seed'));
  const ended = () => Promise.reject(new PerennialError('unavailable', 'a run took more than 10000 ms'));
  expect((await measure('slow', ended)).outcome).toEqual({
    problem: 'it could not be measured (a run took more than 10000 ms)',
  });
  await expect(measure('slow', () => Promise.reject(new Error('cancelled')))).rejects.toThrow('cancelled');
});
