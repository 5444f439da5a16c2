import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import type { GateSpec } from '../../../src/domain/spec/spec.ts';
import { judgePromotion } from '../../../src/domain/rollout/judge-promotion.ts';
import { sideOf } from '../../../src/domain/training/compare-paired.ts';
import { judgeGate } from '../../../src/domain/training/judge-gate.ts';
import {
  delayedPairs,
  delayedStream,
  delayedTarget,
  delayWorlds,
  knownRows,
  matureAt,
  trainedRows,
  type DelayedRow,
  type DelayWorld,
} from '../../../tests/worlds/delayed-world.ts';
import { sayShare } from '../../../src/domain/words/say.ts';
import { neverArriving } from '../../../src/domain/watch/never-arriving.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { logistic } from '../../../tests/worlds/paired-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';

const plan = defaultRollout('binary');
const gate = {
  gate: 'noWorseThanChampion',
  metric: 'logLoss',
  margin: 0.02,
  alpha: 0.05,
} as const satisfies GateSpec;
/** Rows of the model before the rollout: it has seen how late its labels come, or it has not. */
const lives = [0, 4_000] as const;
const rowsMax = 2_500;
const lookRows = 500;
/** Where a training stands: it has seen how late the labels of each world come. */
const trainedAtSeq = 5_500;
/** Where the latest hundredth of the labels has been seen, too. */
const coveredAtSeq = 8_000;
/** A third of the stream waits for the slower class. */
const youngAtSeq = 3_500;
/** Declared as `watch.labelCoverage`. */
const coverages = [0.8, 0.95, 0.99] as const;
/** Rows that are looked at for labels that never come, and the share of them in one world. */
const oldRows = 1_000;
const neverShare = 0.2;
/** A training whose share of positives is off by more than this has learnt another level. */
const shareOffMax = 0.02;

/** A challenger that is much worse, and looks better on the labels that are known sooner. */
export function maturityFigures(runs: number): readonly Figure[] {
  return [
    ...delayWorlds.flatMap((world) => [
      ...lives.map((before) => promotedFigure(world, before, runs)),
      ...gateFigures(world, runs),
      ...coverages.map((coverage) => coverageFigure(world, coverage, runs)),
    ]),
    ...delayWorlds.slice(0, 1).map((world) => uncutFigure(world, runs)),
    ...neverFigures(runs),
  ];
}

function promotedFigure(world: DelayWorld, before: number, rollouts: number): Figure {
  let promoted = 0;
  for (let run = 0; run < rollouts; run++) if (isPromoted(world, before, `${world.name} ${before} ${run}`)) promoted++;
  const what = `${world.name}, after ${before} rows: a worse challenger promoted`;
  return atMost(what, promoted, rollouts, plan.promotion.alpha / 5);
}

function isPromoted(world: DelayWorld, before: number, seed: string): boolean {
  const rows = delayedStream(world, before + rowsMax, seed);
  for (let lastSeq = before + lookRows; lastSeq <= before + rowsMax; lastSeq += lookRows) {
    const known = knownRows(rows, Math.max(before, matureAt(rows, lastSeq)), lastSeq).filter(({ seq }) => seq > before);
    const { verdict } = judgePromotion(delayedPairs(known), plan);
    if (verdict === 'better' || verdict === 'not-worse') return true;
    if (verdict === 'worse') return false;
  }
  return false;
}

/** The same challenger as the candidate of a training, and what that training learns from. */
function gateFigures(world: DelayWorld, trainings: number): readonly Figure[] {
  let passed = 0;
  let off = 0;
  for (let run = 0; run < trainings; run++) {
    const rows = delayedStream(world, trainedAtSeq, `${world.name} training ${run}`);
    const { test, shareOff } = trainedRows(rows, trainedAtSeq, true);
    if (isPassed(test)) passed++;
    if (!(Math.abs(shareOff) <= shareOffMax)) off++;
  }
  return [
    atMost(`${world.name}: a worse candidate passes its gate`, passed, trainings, gate.alpha),
    atMost(`${world.name}: a training has ${shareOffMax} more or fewer positives`, off, trainings, 0.01),
  ];
}

/** Of the rows behind the cut that ever get a label, as many of the slower class have one as was declared. */
function coverageFigure(world: DelayWorld, coverage: number, looks: number): Figure {
  let short = 0;
  for (let run = 0; run < looks; run++) {
    const rows = delayedStream(world, coveredAtSeq, `${world.name} coverage ${run}`);
    const slower = rows.slice(0, matureAt(rows, coveredAtSeq, coverage)).filter(({ label }) => label === 0);
    const labelled = slower.filter(({ knownSeq }) => Number.isFinite(knownSeq));
    const known = knownRows(labelled, labelled.length, coveredAtSeq);
    if (labelled.length === 0 || known.length < coverage * labelled.length) short++;
  }
  const what = `${world.name}: fewer than ${sayShare(coverage)} of the slower class have come where rows are mature`;
  return atMost(what, short, looks, 0.01);
}

/** That the world would show the fault: the same gate on whatever is labelled. */
function uncutFigure(world: DelayWorld, trainings: number): Figure {
  let passed = 0;
  for (let run = 0; run < trainings; run++) {
    const rows = delayedStream(world, youngAtSeq, `${world.name} uncut ${run}`);
    if (isPassed(trainedRows(rows, youngAtSeq, false).test)) passed++;
  }
  return atLeast(`${world.name}: it passes on whatever is labelled`, passed, trainings, 0.9);
}

function isPassed(test: readonly DelayedRow[]): boolean {
  const champion = delayedPairs(test);
  const candidate = sideOf(champion, 'challenger');
  const asked = { gates: [gate], candidate, baselines: {}, champion, promotion: { metric: 'logLoss' } } as const;
  return judgeGate(asked).checks[0]?.verdict === 'pass';
}

/** Rows of which labels never come by chance, or because of what was answered: nothing else tells the two apart. */
function neverFigures(runs: number): readonly Figure[] {
  let isOff = 0;
  let isSeen = 0;
  for (let run = 0; run < runs; run++) {
    const random = createRandom(`never ${run}`);
    const scores = Array.from({ length: oldRows }, () => logistic(1.5 * random.normal() - 1));
    const rowsOf = (neverOf: (yes: number) => number) =>
      scores.map((yes) => ({ scores: [1 - yes, yes], label: random.next() < neverOf(yes) ? null : 'no' }));
    const byChance = neverArriving(
      delayedTarget,
      rowsOf(() => neverShare),
    );
    if (!(Math.abs((byChance?.share ?? 1) - neverShare) <= 0.05)) isOff++;
    const byAnswer = neverArriving(
      delayedTarget,
      rowsOf((yes) => (yes > 0.5 ? 0.8 : 0)),
    );
    if ((byAnswer?.bands.at(-1)?.share ?? 0) - (byAnswer?.bands[0]?.share ?? 0) > 0.5) isSeen++;
  }
  const what = `${sayShare(neverShare)} of rows never labelled`;
  return [
    atMost(`${what}: 5 points more or fewer are stated`, isOff, runs, 0.001),
    atLeast('refused rows never labelled: the highest fifth of the score shows it', isSeen, runs, 0.99),
  ];
}
