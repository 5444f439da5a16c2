import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrainReport } from '../../../src/domain/training/training.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';

let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

async function versionOf(model: string, version: number) {
  const { rows } = await world.stack.database.pool.query<{ report: TrainReport; model_digest: string }>(
    'select report, model_digest from version where model = $1 and version = $2',
    [model, version],
  );
  const [found] = rows;
  if (found === undefined) throw new Error(`${model} has no version ${version}`);
  return found;
}

test('a first training begins from nothing, and the next one goes on from the champion as it was served', async () => {
  await world.champion('warm', {
    trainer: { kind: 'gbdt', warmStart: true, treesMax: 30, learningRate: 0.1, historyShares: [1] },
    gates: [{ gate: 'atLeast', metric: 'auroc', value: 0.5 }],
    split: { validationShare: 0.1, testShare: 0.1 },
  });
  const first = await versionOf('warm', 1);
  expect(first.report.warmStart).toEqual({ text: 'The fit began from nothing: there is no champion.' });

  await world.play('warm', 6);
  await world.challenge('warm');
  const { report } = await versionOf('warm', 2);
  const { trees } = first.report.release;
  expect(report.warmStart?.text).toMatch(/^It goes on from v1/);
  expect(report.warmStart?.from).toMatchObject({ version: 1, digest: first.model_digest, trees });
  // Rows of the history are those that the champion has seen.
  expect(report.warmStart?.from?.rows).toBeLessThanOrEqual(report.rows.all - first.report.rows.all);
  expect(report.candidate.trees).toBeGreaterThanOrEqual(trees);
  expect(report.champion?.comparableRows).toBe(report.rows.test);
});

test('a stream goes on from what stands in the file of the champion, row by row', async () => {
  await world.champion('stream', {
    trainer: { kind: 'streaming' },
    gates: [{ gate: 'atLeast', metric: 'auroc', value: 0.5 }],
  });
  const first = await versionOf('stream', 1);
  expect(first.report.release).toMatchObject({ family: 'streaming', trees: 0 });
  await world.play('stream', 4);
  await world.challenge('stream');
  const { report } = await versionOf('stream', 2);
  const rows = report.rows.all - first.report.rows.all;
  expect(rows).toBeGreaterThan(0);
  expect(report.warmStart).toEqual({
    text: `It goes on from v1 by ${rows} rows that v1 has not seen.`,
    from: { version: 1, digest: first.model_digest, trees: 0, rows },
  });
});
