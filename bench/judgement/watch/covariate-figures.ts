import { boundedStep } from '../../../src/domain/rollout/bounded-step.ts';
import { applyCorrection, type Correction } from '../../../src/domain/rollout/correction.ts';
import { covariateOf, covariatesOf } from '../../../src/domain/rollout/covariates.ts';
import { fitCorrection } from '../../../src/domain/rollout/fit-correction.ts';
import {
  covariatesAt,
  holdOutCorrection,
  recalibrate,
  sliceRows,
  type LabelledScores,
} from '../../../src/domain/rollout/recalibrate.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { covariateRows, type CovariateRows } from '../../../tests/worlds/covariate-world.ts';
import { lossOf } from '../../../tests/worlds/correction-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { howOften } from './how-often.ts';

const plan = { halfLifeRows: 500, rowsMax: 3_000, labelledRowsMin: 100 };
const windowRows = 500;
const cleanRows = 10_000;
/** As for corrections without features. */
const alpha = 0.1;
/** Of 24 features that say nothing, on what 300 labels say of them. */
const needlessMax = { nats: 0.02, share: 0.05 };
const harmMax = 0.0703;

/** Corrections that read features: the promises of those that do not, and what features are for. */
export function covariateFigures(runs: number, lives: number): readonly Figure[] {
  return [
    ...[8, 24].flatMap((width) => [100, 300, 1_000].map((rows) => calm(width, rows, runs))),
    needless(runs),
    ...drifted(lives),
    ...bursts.flatMap((burst) => harmOfBurst(burst, runs)),
    ...takenOff(runs),
    ...firstOne(runs),
  ];
}

/** Measured by the mean and deviation of the very rows, with tails that go far out: labels have no part in that. */
function calm(width: number, rows: number, runs: number): Figure {
  const found = howOften(runs, (run) => {
    const given = remeasured(draw(rows, `calm ${rows} ${run}`, { width }));
    return fitCorrection(given, null, plan).correction !== null;
  });
  return atMost(`${width} features that say nothing, ${rows} labels: corrected`, found, runs, alpha);
}

function remeasured(rows: LabelledScores): LabelledScores {
  const { width, values } = rows.covariates ?? { width: 0, values: new Float64Array(0) };
  const columnOf = (k: number): Float64Array =>
    Float64Array.from(rows.labels, (_, row) => 100 + Math.sinh(2 * (values[row * width + k] ?? 0)));
  const standards = Array.from({ length: width }, (_, k) => covariateOf(`${k}`, columnOf(k)) ?? []).flat();
  const covariates = covariatesOf(standards, rows.labels.length, (name) => columnOf(Number(name)));
  return { ...rows, standards, covariates };
}

/** What it costs where it is switched on all the same. */
function needless(runs: number): Figure {
  const width = 24;
  const clean = draw(cleanRows, 'clean', { width });
  const before = lossOf(clean, null);
  const found = howOften(runs, (run) => {
    const fitted = recalibrate(draw(300, `needless ${run}`, { width }), plan.halfLifeRows);
    return lossOf(clean, fitted) - before > needlessMax.nats;
  });
  const what = `24 features that say nothing, corrected by 300 labels: more than ${needlessMax.nats} nats lost`;
  return atMost(what, found, runs, needlessMax.share);
}

/** At the fourth of eight windows a feature says 0.9 log-odds less per deviation than the model takes it to. */
function drifted(lives: number): readonly Figure[] {
  const [from, windows, width] = [3, 8, 8];
  const less = ([feature = 0]: readonly number[]): number => -0.9 * feature;
  let [soon, better] = [0, 0];
  for (let run = 0; run < lives; run++) {
    const all = withHoldOut(
      draw(windows * windowRows, `drift ${run}`, {
        width,
        offAt: (features, row) => (row < from * windowRows ? 0 : less(features)),
      }),
      draw(1_000, `drift hold-out ${run}`, { width }),
    );
    const fresh = draw(4_000, `drifted ${run}`, { width, offAt: less });
    let [on, current, plain]: [number, Correction | null, Correction | null] = [0, null, null];
    for (let window = 1; window <= windows; window++) {
      const rows = sliceRows(all, 0, window * windowRows);
      current = fitCorrection(rows, current, plan).correction;
      plain = fitCorrection({ task: rows.task, labels: rows.labels, raw: rows.raw }, plain, plan).correction;
      if (current !== null && on === 0) on = window;
    }
    if (on > from && on <= from + 3) soon++;
    if (lossOf(fresh, current) < lossOf(fresh, plain) - 0.01) better++;
  }
  const what = 'a feature says 0.9 log-odds less than it did';
  return [
    atLeast(`${what}: corrected with features within 3 windows`, soon, lives, 0.8),
    atLeast(`${what}: 0.01 nats better after 5 windows than without features`, better, lives, 0.9),
  ];
}

interface Burst {
  readonly name: string;
  readonly isBad: (row: number) => boolean;
  /** Whether every feature of a bad row stands at the furthest that counts. */
  readonly isExtreme: boolean;
}

const bursts: readonly Burst[] = [
  { name: 'the last 250 of 1,000 labels of one class', isBad: (row) => row >= 750, isExtreme: false },
  { name: 'the same, with all features far out', isBad: (row) => row >= 750, isExtreme: true },
  { name: 'every fourth, with all features far out', isBad: (row) => row % 4 === 0, isExtreme: true },
];

/** Off before, or on as the identity; and the step itself, as if nothing had been judged. */
function harmOfBurst({ name, isBad, isExtreme }: Burst, runs: number): readonly Figure[] {
  const width = 8;
  const clean = draw(cleanRows, 'clean', { width });
  const before = lossOf(clean, null);
  const isHarm = (correction: Correction | null): boolean => lossOf(clean, correction) - before > harmMax;
  let [judged, stepped] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const drawn = draw(1_000, `burst ${name} ${run}`, { width });
    const values = drawn.covariates?.values ?? new Float64Array(0);
    const rows: LabelledScores = {
      ...drawn,
      labels: drawn.labels.map((was, row) => (isBad(row) ? 1 : was)),
      covariates: {
        width,
        values: isExtreme ? values.map((was, at) => (isBad(Math.floor(at / width)) ? 3 : was)) : values,
      },
    };
    const identity = correctionOf(drawn, new Array<number>(width).fill(0));
    if ([null, identity].some((current) => isHarm(fitCorrection(rows, current, plan).correction))) judged++;
    if (isHarm(boundedStep(rows, null, recalibrate(rows, plan.halfLifeRows)))) stepped++;
  }
  const what = `with 8 features, ${name}: clean rows lose more than ${harmMax} nats`;
  return [atMost(what, judged, runs, 0), atMost(`${what} by one step, unjudged`, stepped, runs, 0)];
}

/** Two features were worth 0.8 log-odds per deviation for 2,000 rows, and are no longer, or still are. */
function takenOff(runs: number): readonly Figure[] {
  const width = 8;
  const off = ([one = 0, two = 0]: readonly number[]): number => 0.8 * one - 0.8 * two;
  const clean = draw(cleanRows, 'clean', { width });
  const judge = (run: number, isStill: boolean) => {
    const offAt = (features: readonly number[], row: number): number => (row < 2_000 || isStill ? off(features) : 0);
    const rows = draw(2_500, `off ${run}`, { width, offAt });
    const current = correctionOf(rows, [0.8, -0.8, 0, 0, 0, 0, 0, 0]);
    return { current, ...fitCorrection(answeredBy(rows, current), current, plan) };
  };
  const removed = howOften(runs, (run) => isRemoved(clean, judge(run, false)));
  const lost = howOften(runs, (run) => judge(run, true).verdict === 'identity');
  return [
    atLeast('features that harm: off, or half of it gone, after 500 labels', removed, runs, 0.9),
    atMost('features that help: taken off', lost, runs, alpha),
  ];
}

/** The hold-out is of a candidate that errs; its refit errs alike, or is right. */
function firstOne(runs: number): readonly Figure[] {
  const width = 8;
  const off = ([one = 0, two = 0]: readonly number[]): number => 0.8 * one - 0.5 * two;
  const clean = draw(cleanRows, 'clean', { width });
  const judge = (run: number, isRight: boolean) => {
    const held = draw(1_000, `held out ${run}`, { width, offAt: off });
    const current = fitCorrection(held, null, plan, { isFirst: true }).correction;
    if (current === null) return null;
    const live = draw(windowRows, `live ${run}`, { width, ...(isRight ? {} : { offAt: off }) });
    return { current, ...fitCorrection(withHoldOut(answeredBy(live, current), held), current, plan) };
  };
  const isWith =
    (isFound: (judged: NonNullable<ReturnType<typeof judge>>) => boolean, isRight: boolean) => (run: number) => {
      const judged = judge(run, isRight);
      return judged !== null && isFound(judged);
    };
  const begun = howOften(
    runs,
    isWith(() => true, false),
  );
  const removed = howOften(
    runs,
    isWith((judged) => isRemoved(clean, judged), true),
  );
  const lost = howOften(
    runs,
    isWith(({ verdict }) => verdict === 'identity', false),
  );
  const what = 'a first correction from a hold-out';
  return [
    atLeast(`${what} of a candidate that errs: begins corrected`, begun, runs, 0.9),
    atLeast(
      `${what}, of which the release is right: off, or half of the harm gone, after a window`,
      removed,
      begun,
      0.9,
    ),
    atMost(`${what}, of which the release errs alike: taken off`, lost, begun, alpha),
  ];
}

/** Whether what a correction costs rows that were right is gone, or half of it. */
function isRemoved(clean: LabelledScores, judged: { current: Correction; correction: Correction | null }): boolean {
  const right = lossOf(clean, null);
  return lossOf(clean, judged.correction) - right < 0.5 * (lossOf(clean, judged.current) - right);
}

function answeredBy(rows: LabelledScores, by: Correction): LabelledScores {
  return { ...rows, answered: rows.raw.map((scores, row) => applyCorrection(by, scores, covariatesAt(rows, row))) };
}

function withHoldOut(rows: LabelledScores, held: LabelledScores): LabelledScores {
  const holdOut = holdOutCorrection(held, plan.halfLifeRows);
  return holdOut === null ? rows : { ...rows, holdOut };
}

function correctionOf({ standards = [] }: LabelledScores, weights: readonly number[]): Correction {
  return { formatVersion: 2, task: 'binary', slope: 1, intercepts: [0], weights, covariates: standards };
}

function draw(count: number, seed: string, world: CovariateRows): LabelledScores {
  return covariateRows(count, createRandom(`covariates ${world.width} ${seed}`), world);
}
