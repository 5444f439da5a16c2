import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrainReport } from '../../../src/domain/training/training.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';

let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

interface Judged {
  readonly report: TrainReport;
  readonly checks: readonly { readonly gate: { readonly gate: string }; readonly rows: number }[];
}

async function judgedOf(model: string, version: number): Promise<Judged> {
  const { rows } = await world.stack.database.pool.query<Judged>(
    `select v.report, e.body -> 'checks' as checks from version v join evidence e on e.evidence_id = v.gate_evidence_id
      where v.model = $1 and v.version = $2`,
    [model, version],
  );
  const [judged] = rows;
  if (judged === undefined) throw new Error(`${model} has no version ${version}`);
  return judged;
}

const rowsOf = ({ checks }: Judged, gate: string) => checks.find((check) => check.gate.gate === gate)?.rows;

test('gates read the answers of folds to all rows, and a champion is compared on the youngest block', async () => {
  await world.champion('blocks', {
    split: { blocks: { folds: 5 } },
    gates: [
      { gate: 'atLeast', metric: 'auroc', value: 0.6 },
      { gate: 'betterThanBaseline', baseline: 'prior', metric: 'logLoss', by: 0 },
      { gate: 'noWorseThanChampion', metric: 'logLoss', margin: 0.2, alpha: 0.05 },
    ],
  });
  const first = await judgedOf('blocks', 1);
  const { all } = first.report.rows;
  expect(first.report.rows).toEqual({ all, training: 0, validation: 0, test: all, gap: 0, folds: 5 });
  expect(rowsOf(first, 'atLeast')).toBe(all);
  expect(rowsOf(first, 'betterThanBaseline')).toBe(all);

  await world.play('blocks', 5);
  await world.challenge('blocks');
  const second = await judgedOf('blocks', 2);
  const grown = second.report.rows.all;
  const youngest = grown - Math.round((grown * 4) / 5);
  // More rows are behind the training of the champion; what answers for them has learnt from rows behind those.
  expect(grown - all).toBeGreaterThan(youngest);
  expect(second.report.champion).toMatchObject({ comparableRows: youngest, testMetrics: { rows: youngest } });
  expect(rowsOf(second, 'atLeast')).toBe(grown);
  expect(rowsOf(second, 'noWorseThanChampion')).toBe(youngest);
});
