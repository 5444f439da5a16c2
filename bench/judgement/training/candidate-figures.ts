import type { GateSpec } from '../../../src/domain/spec/spec.ts';
import { createRandom, type Random } from '../../../src/statistics/numeric/random.ts';
import { pairedRowsOf } from '../../../tests/worlds/paired-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { alike, harmAtAuroc, harmAtPrior, rowsOf, type GateWorld } from './gate-worlds.ts';
import { count, judged, tally } from './judged-gate.ts';

const alpha = 0.05;

/** How often thresholds and baselines err on tests of these sizes, where the truth is known. */
export function candidateFigures(sizes: readonly number[], runs: number): readonly Figure[] {
  const useless = harmAtPrior(-1);
  return [
    ...sizes.flatMap((rows) => uselessFigures(rows, useless, runs)),
    ...knowingFigures(runs),
    ...thresholdFigures('31 % positives', -1, sizes, runs),
    ...thresholdFigures('6 % positives', -4, [300, 1_000], runs),
    ...burstFigures(runs),
  ];
}

/** A model whose scores have nothing to do with what came true; in log loss, one that is truly as good as the prior. */
function uselessFigures(rows: number, useless: number, runs: number): readonly Figure[] {
  const passes = (metric: 'auroc' | 'logLoss', draw: GateWorld['draw'], harm: number) =>
    count(runs, (run) => {
      const paired = rowsOf(draw, rows, harm, `useless ${metric} ${rows} ${run}`);
      return (
        judged([{ gate: 'betterThanBaseline', baseline: 'prior', metric, by: 0 }], paired, null).verdict === 'pass'
      );
    });
  const blind = (random: Random) => ({ label: random.next() < 0.3 ? 1 : 0, champion: 0, challenger: random.normal() });
  const worst = passes('logLoss', alike(-1), useless);
  return [
    atMost(`${rows} rows: useless, better than the prior in AUROC`, passes('auroc', blind, 0), runs, alpha),
    atMost(`${rows} rows: as good as the prior, better than it in log loss`, worst, runs, alpha),
  ];
}

/** What a model that knows something is worth: it is not kept waiting. */
function knowingFigures(runs: number): readonly Figure[] {
  const better: GateSpec = { gate: 'betterThanBaseline', baseline: 'prior', metric: 'auroc', by: 0 };
  const near: GateSpec = { gate: 'atLeast', metric: 'auroc', value: 0.75 };
  const passes = (gate: GateSpec, rows: number) =>
    count(runs, (run) => judged([gate], rowsOf(alike(-1), rows, 0, `knows ${rows} ${run}`), null).verdict === 'pass');
  return [
    atLeast('100 rows: AUROC .80, better than the prior', passes(better, 100), runs, 0.95),
    atLeast('1000 rows: AUROC .80, passes at least .75', passes(near, 1_000), runs, 0.8),
  ];
}

function thresholdFigures(where: string, mean: number, of: readonly number[], runs: number): readonly Figure[] {
  const gates: readonly GateSpec[] = [{ gate: 'atLeast', metric: 'auroc', value: 0.75 }];
  const [below, at] = [harmAtAuroc(0.73, mean), harmAtAuroc(0.75, mean)];
  const verdicts = (harm: number, rows: number) =>
    tally(runs, (run) => {
      const paired = rowsOf(alike(mean), rows, harm, `threshold ${harm} ${rows} ${run}`);
      return judged(gates, paired, null).verdict;
    });
  return of.flatMap((rows) => {
    const [ofBelow, ofAt] = [verdicts(below, rows), verdicts(at, rows)];
    return [
      atMost(`${where}, ${rows} rows: AUROC .73, passes at least .75`, ofBelow('pass'), runs, alpha),
      atMost(`${where}, ${rows} rows: AUROC .75, passes at least .75`, ofAt('pass'), runs, alpha),
      atMost(`${where}, ${rows} rows: AUROC .75, said to miss it`, ofAt('fail'), runs, alpha),
    ];
  });
}

/** Rows of one entity in a row, which all say the same: the test does not know whose they are. */
function burstFigures(runs: number): readonly Figure[] {
  const gates: readonly GateSpec[] = [{ gate: 'atLeast', metric: 'accuracy', value: 0.8 }];
  const isRight = (random: Random) => random.next() < 0.8;
  return [1_000, 4_000].map((rows) => {
    const passed = count(runs, (run) => {
      const random = createRandom(`bursts ${rows} ${run}`);
      let last = { label: 0, champion: 0, challenger: 0 };
      const draw = (row: number) => {
        const label = random.next() < 0.5 ? 1 : 0;
        if (row % 5 === 0) last = { label, champion: 0, challenger: isRight(random) === (label === 1) ? 2 : -2 };
        return last;
      };
      return judged(gates, pairedRowsOf(rows, draw), null).verdict === 'pass';
    });
    return atMost(`${rows} rows in runs of 5: accuracy .80, passes at least .80`, passed, runs, alpha);
  });
}
