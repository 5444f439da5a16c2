import { applyCorrection, type Correction } from '../../../src/domain/rollout/correction.ts';
import { fitCorrection } from '../../../src/domain/rollout/fit-correction.ts';
import { sliceRows, type LabelledScores } from '../../../src/domain/rollout/recalibrate.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { correctionWorlds, lossOf, scoresOf, type CorrectionWorld } from '../../../tests/worlds/correction-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { covariateFigures } from './covariate-figures.ts';
import { howOften } from './how-often.ts';
import { recentErrorFigures } from './recent-error-figures.ts';

/** What an inferred definition declares for windows of 500 rows. */
const plan = { halfLifeRows: 500, rowsMax: 3_000, labelledRowsMin: 100 };
const windowRows = 500;
/** Asked at 20 % (`fitCorrection`); to correct what is right loses a little, so it happens far less often. */
const alpha = 0.1;
const cleanRows = 10_000;
/** `boundedStep` states it for classes; a value may lose as much of its mean squared error. */
/** The error is that of a window; over a life this is seen, and not promised by a theorem. */
const alphaOfLife = 0.25;
const harmMax = { nats: 0.0703, share: 0.15 };
/** Whole lives cost a hundred times as much as one judgement. */
const livesShare = 0.1;

const { binary, rare, classes, value } = correctionWorlds;

/** Correction between trainings: never without need, soon where there is one, not far in a burst, and off again. */
export function correctionFigures(runs: number): readonly Figure[] {
  const lives = Math.max(10, Math.round(runs * livesShare));
  return [
    ...[binary, rare, value].flatMap((world) => [100, 300, 1_000].map((rows) => calm(world, rows, runs))),
    calm(classes, 300, lives),
    calmMood(runs),
    ...[binary, value].map((world) => calmLife(world, lives)),
    ...[binary, classes, value].flatMap((world) =>
      bursts.map((burst) => harmOfBurst(world, burst, world === classes ? lives : runs)),
    ),
    movedLife(lives),
    ...takenOff(runs),
    ...covariateFigures(runs, lives),
    ...recentErrorFigures(runs),
  ];
}

function calm(world: CorrectionWorld, rows: number, runs: number): Figure {
  const found = howOften(runs, (run) => {
    const given = scoresOf(world, rows, createRandom(`calm ${world.name} ${rows} ${run}`));
    return fitCorrection(given, null, plan).correction !== null;
  });
  return atMost(`${world.name}, nothing wrong, ${rows} labels: corrected`, found, runs, alpha);
}

/** Every 100 rows the world is in another mood, 0.7 log-odds up or down: what is learnt of one is gone in the next. */
function calmMood(runs: number): Figure {
  const found = howOften(runs, (run) => {
    const moods = createRandom(`moods ${run}`);
    const shifts = Array.from({ length: 15 }, () => 0.7 * Math.sign(moods.normal()));
    const given = scoresOf(binary, 1_500, createRandom(`mood ${run}`), (row) => shifts[Math.floor(row / 100)] ?? 0);
    return fitCorrection(given, null, plan).correction !== null;
  });
  return atMost(`${binary.name} in a mood of 100 rows, nothing wrong, 1,500 labels: corrected`, found, runs, alpha);
}

function calmLife(world: CorrectionWorld, lives: number): Figure {
  const windows = 20;
  const found = howOften(lives, (run) => onFrom(world, windows, `life ${run}`, () => 0) !== null);
  return atMost(`${world.name}, nothing wrong: corrected in any of ${windows} windows`, found, lives, alphaOfLife);
}

/** The world moves by 0.7 log-odds at the fourth of ten windows. */
function movedLife(lives: number): Figure {
  const [moved, windows] = [3, 10];
  const found = howOften(lives, (run) => {
    const on = onFrom(binary, windows, `moved ${run}`, (row) => (row >= moved * windowRows ? -0.7 : 0));
    return on !== null && on <= moved + 5;
  });
  return atLeast(`${binary.name}, 0.7 log-odds off: corrected within 5 windows`, found, lives, 0.9);
}

/** The first window at whose end the answers were corrected; null: none. */
function onFrom(world: CorrectionWorld, windows: number, seed: string, shiftAt: (row: number) => number) {
  const all = scoresOf(world, windows * windowRows, createRandom(`${world.name} ${seed}`), shiftAt);
  for (let window = 1; window <= windows; window++)
    if (fitCorrection(sliceRows(all, 0, window * windowRows), null, plan).correction !== null) return window;
  return null;
}

interface Burst {
  readonly name: string;
  readonly rows: number;
  /** A label of the burst, in each kind of task. */
  readonly label: (world: CorrectionWorld, was: number) => number;
}

const bursts: readonly Burst[] = [
  {
    name: 'the last 100 of 1,000 labels turned round',
    rows: 100,
    label: ({ task }, was) => (task === 'binary' ? 1 - was : task === 'multiclass' ? 9 - was : 20 - was),
  },
  { name: 'the last 250 the same', rows: 250, label: ({ task }) => (task === 'regression' ? 30 : 1) },
];

/** Off before, or on as the identity; the worse of the two counts. */
function harmOfBurst(world: CorrectionWorld, burst: Burst, runs: number): Figure {
  const clean = scoresOf(world, cleanRows, createRandom(`clean ${world.name}`));
  const before = lossOf(clean, null);
  const limit = world.task === 'regression' ? harmMax.share * before : harmMax.nats;
  const found = howOften(runs, (run) => {
    const rows = scoresOf(world, 1_000, createRandom(`burst ${world.name} ${burst.name} ${run}`));
    const labels = rows.labels.map((was, row) => (row >= 1_000 - burst.rows ? burst.label(world, was) : was));
    return [null, nearIdentity(rows)].some(
      (current) => lossOf(clean, fitCorrection({ ...rows, labels }, current, plan).correction) - before > limit,
    );
  });
  const said = world.task === 'regression' ? `${harmMax.share * 100} %` : `${harmMax.nats} nats`;
  return atMost(`${world.name}, ${burst.name}: clean rows lose more than ${said}`, found, runs, 0);
}

function nearIdentity({ task, raw }: LabelledScores): Correction {
  const intercepts = new Array<number>(task === 'multiclass' ? (raw[0]?.length ?? 0) : 1).fill(0);
  return { formatVersion: 1, task, slope: 1, intercepts };
}

/** A correction of 1 unit of log-odds that was right for 2,000 rows, and is no longer, or still is. */
function takenOff(runs: number): readonly Figure[] {
  const correction: Correction = { formatVersion: 1, task: 'binary', slope: 1, intercepts: [1] };
  const isOff = (shiftAfter: number) => (run: number) => {
    const rows = scoresOf(binary, 2_500, createRandom(`off ${shiftAfter} ${run}`), (row) =>
      row < 2_000 ? 1 : shiftAfter,
    );
    const answered = rows.raw.map((scores) => applyCorrection(correction, scores));
    return fitCorrection({ ...rows, answered }, correction, plan).verdict === 'identity';
  };
  return [
    atLeast('a correction of 1 log-odds that harms: taken off after 500 labels', howOften(runs, isOff(0)), runs, 0.8),
    atMost('a correction of 1 log-odds that helps: taken off', howOften(runs, isOff(1)), runs, alpha),
  ];
}
