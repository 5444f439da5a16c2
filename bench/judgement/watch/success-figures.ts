import type { ScoredRows } from '../../../src/domain/metrics/scored-rows.ts';
import type { SuccessCriterion } from '../../../src/domain/spec/spec.ts';
import { judgeSuccess, type SuccessVerdict } from '../../../src/domain/watch/judge-success.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { count } from '../training/judged-gate.ts';

const tail = 0.025;

/** A stream whose answers are right with probability `right`, as many in a row alike as `run` says. */
interface SuccessWorld {
  readonly name: string;
  readonly criterion: SuccessCriterion;
  readonly right: number;
  readonly run: number;
  /** What a wrong answer costs where a right one brings 1. */
  readonly loss: number;
}

const accuracy: SuccessCriterion = { metric: 'accuracy', atLeast: 0.8 };
/** Each truly lies on the bound: a mean of .8, or of 1 for each right answer and 49 lost with one of a hundred. */
const worlds: readonly SuccessWorld[] = [
  { name: 'accuracy', criterion: accuracy, right: 0.8, run: 1, loss: 1 },
  { name: 'accuracy in runs of 5', criterion: accuracy, right: 0.8, run: 5, loss: 1 },
  { name: 'money, rare large losses', criterion: { metric: 'value', atLeast: 0.5 }, right: 0.99, run: 1, loss: 49 },
];

/** How often a window is said to meet its criterion of success, or not to, where it lies exactly on the bound. */
export function successFigures(runs: number): readonly Figure[] {
  const better = { name: 'accuracy .87', criterion: accuracy, right: 0.87, run: 1, loss: 1 };
  return [
    ...worlds.flatMap((world) =>
      // Memory that is longer than a thirtieth of the rows escapes the bounds.
      [100, 500, 2_000]
        .filter((rows) => world.run === 1 || rows >= 30 * world.run)
        .flatMap((rows) => [
          atMost(`${world.name}, ${rows} rows at the bound: met`, said(world, rows, 'met', runs), runs, tail),
          atMost(`${world.name}, ${rows} rows at the bound: not met`, said(world, rows, 'not-met', runs), runs, tail),
        ]),
    ),
    atLeast(`${better.name}, 500 rows: at least .80 is met`, said(better, 500, 'met', runs), runs, 0.9),
  ];
}

function said(world: SuccessWorld, rows: number, verdict: SuccessVerdict, runs: number): number {
  return count(runs, (run) => {
    const labelled = answersIn(world, rows, `${world.name} ${rows} ${run}`);
    return judgeSuccess(world.criterion, { labelled, rows, throughSeq: rows }).verdict === verdict;
  });
}

function answersIn({ right, run, loss }: SuccessWorld, rows: number, seed: string): ScoredRows {
  const random = createRandom(seed);
  let last = 1;
  const decisions = Float64Array.from({ length: rows }, (_, row) => {
    if (row % run === 0) last = random.next() < right ? 1 : 0;
    return last;
  });
  const gains = { yes: new Float64Array(rows).fill(1), no: new Float64Array(rows).fill(-loss) };
  const labels = new Float64Array(rows).fill(1);
  const scores = Array.from(decisions).flatMap((decided) => [1 - decided, decided]);
  return { task: 'binary', classes: ['no', 'yes'], labels, scores, threshold: null, decisions, gains };
}
