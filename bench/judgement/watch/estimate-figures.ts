import { defaultEstimateAlarm } from '../../../src/domain/spec/default-spec.ts';
import { judgeEstimatedDecay } from '../../../src/domain/watch/judge-estimated-decay.ts';
import {
  calibrated,
  estimateWorlds,
  lateWindows,
  playEstimates,
  windowsOf,
  type EstimatedWindow,
  type EstimateWorld,
  type PlayedWindow,
} from '../../../tests/worlds/estimate-world.ts';
import {
  errorProfile,
  errorWindowsOf,
  errorWorlds,
  steadyErrors,
  type ErrorWorld,
} from '../../../tests/worlds/error-world.ts';
import { atLeast, atMost, beside, type Figure } from '../figure.ts';
import { count } from '../training/judged-gate.ts';

/** Windows that are played of each world, and drawn from. */
const poolWindows = 600;
/** Of values, whose windows take longer to play. */
const errorPoolWindows = 300;
/** The first window with an interval, the first whose basis has all its windows, and the last of fifty after it. */
const [firstStated, fullBasis, lastOfFifty] = [11 + lateWindows, 21 + lateWindows, 70 + lateWindows];
const trustedBy = 50;
const driftAt = 50;
const windowsToFind = 10;
/** A break, in deviations of the error from window to window, that is promised to be found. */
const shownShift = 2.5;

/**
 * Estimates before labels: the share of intervals that are right, trust that is kept and lost, and what rings. A stream
 * draws its windows from those of its world, labels three windows late.
 */
export function estimateFigures(runs: number): readonly Figure[] {
  return [
    ...estimateWorlds.flatMap((world) => inWorld(poolsOf(world), runs)),
    ...movedFigures(
      {
        name: 'inputs move',
        metric: 'logLoss',
        healthy: windowsOf(calibrated, poolWindows, 'inputs stay'),
        moved: windowsOf({ ...calibrated, odds: [-0.5, 1] }, poolWindows, 'inputs move'),
      },
      runs,
    ),
    ...errorFigures(runs),
  ];
}

/** Windows of a world as it is, and after what is learnt of it has broken. */
interface Pools {
  readonly name: string;
  readonly metric: string;
  readonly healthy: readonly EstimatedWindow[];
  readonly broken: readonly EstimatedWindow[];
}

function poolsOf(world: EstimateWorld): Pools {
  const { name, metric } = world;
  const broken = windowsOf({ ...world, kept: 0.5 }, poolWindows, `${name} broken`);
  return { name, metric, healthy: windowsOf(world, poolWindows, name), broken };
}

/** Values, whose losses are learnt from the test rows of a training. */
function errorFigures(runs: number): readonly Figure[] {
  const profile = errorProfile(steadyErrors, 'trained');
  const windows = (world: ErrorWorld, seed: string) => errorWindowsOf(world, profile, errorPoolWindows, seed);
  const healthy = windows(steadyErrors, 'errors stay');
  const hidden = windows({ ...steadyErrors, moved: 1.5 }, 'truths move');
  const { metric } = steadyErrors;
  return [
    ...errorWorlds.flatMap((world) => {
      const trained = errorProfile(world, `trained ${world.name} ${world.metric}`);
      const of = (here: ErrorWorld, seed: string) =>
        errorWindowsOf(here, trained, errorPoolWindows, `${world.name} ${seed}`);
      const pools = { healthy: of(world, 'healthy'), broken: of({ ...world, moved: 1.5 }, 'broken') };
      return inWorld({ ...pools, name: world.name, metric: world.metric }, runs);
    }),
    ...movedFigures(
      { name: 'values, inputs move', metric, healthy, moved: windows({ ...steadyErrors, center: 1 }, 'moved') },
      runs,
    ),
    ...hiddenFigures({ name: 'values, truths move', metric, healthy, moved: hidden }, runs),
  ];
}

function inWorld({ name, metric, healthy, broken }: Pools, runs: number): readonly Figure[] {
  const streams = Array.from({ length: runs }, (_, run) =>
    playEstimates(metric, lastOfFifty, `${name} ${run}`, () => healthy),
  );
  const at = (window: number) => streams.filter((stream) => isWithin(stream[window - 1])).length;
  const share = (isSo: (stream: readonly PlayedWindow[]) => boolean) => streams.filter(isSo).length;
  const lost = share((stream) => stream.slice(fullBasis - 1).some(({ judged }) => judged.trust === 'not-trusted'));
  const kept = share((stream) => stream[trustedBy - 1]?.judged.trust === 'trusted');
  const rung = share((stream) => stream.some(isRinging));
  const found = count(runs, (run) => isDistrusted(metric, healthy, broken, `${name} broken ${run}`));
  const shift = Math.abs(errorOf(broken) - errorOf(healthy)) / deviationOf(healthy);
  const named = `${name} (${metric})`;
  return [
    ...[firstStated, fullBasis].flatMap((window) => [
      atLeast(`${named}: interval of window ${window} is right`, at(window), runs, 0.93),
      atMost(`${named}: interval of window ${window} is right`, at(window), runs, 0.97),
    ]),
    atLeast(`${named}: trusted at window ${trustedBy}`, kept, runs, 0.9),
    atMost(`${named}: not trusted in any of 50 windows`, lost, runs, 0.05),
    atMost(`${named}: any alarm in ${lastOfFifty} windows`, rung, runs, defaultEstimateAlarm.alpha),
    // Where it is smaller, it is printed and not promised.
    atLeast(
      `${named}: not trusted within ${windowsToFind} windows of a break by ${shift.toFixed(1)} deviations`,
      found,
      runs,
      shift >= shownShift ? 0.95 : 0,
    ),
  ];
}

interface Moved {
  readonly name: string;
  readonly metric: string;
  readonly healthy: readonly EstimatedWindow[];
  readonly moved: readonly EstimatedWindow[];
}

function movedStreams({ name, metric, healthy, moved }: Moved, runs: number) {
  return Array.from({ length: runs }, (_, run) =>
    playEstimates(metric, driftAt + lateWindows, `${name} ${run}`, (window) => (window >= driftAt ? moved : healthy)),
  );
}

/** Inputs move to where less can be known: the loss rises, the model says so, and labels come three windows later. */
function movedFigures(world: Moved, runs: number): readonly Figure[] {
  const streams = movedStreams(world, runs);
  const rung = streams.filter((stream) => stream.slice(driftAt - 1).some(isRinging)).length;
  const right = streams.filter((stream) => isWithin(stream[driftAt - 1])).length;
  return [
    atLeast(`${world.name}, loss rises by ${riseOf(world)} %: alarm before the first of its labels`, rung, runs, 0.8),
    beside(`${world.name}: interval of the first such window is right`, right, runs),
  ];
}

/** What no feature shows, no estimate sees: it is printed how often it is right, and that it stays silent. */
function hiddenFigures(world: Moved, runs: number): readonly Figure[] {
  const streams = movedStreams(world, runs);
  const rung = streams.filter((stream) => stream.slice(driftAt - 1).some(isRinging)).length;
  const right = streams.filter((stream) => isWithin(stream[driftAt - 1])).length;
  const rise = riseOf(world);
  return [
    beside(
      `${world.name}, loss rises by ${rise} %, which no feature shows: alarm before the first of its labels`,
      rung,
      runs,
    ),
    beside(`${world.name}: interval of the first such window is right`, right, runs),
  ];
}

function riseOf({ healthy, moved }: Moved): number {
  return Math.round(100 * (realisedOf(moved) / realisedOf(healthy) - 1));
}

function isDistrusted(
  metric: string,
  healthy: readonly EstimatedWindow[],
  broken: readonly EstimatedWindow[],
  seed: string,
): boolean {
  return playEstimates(metric, driftAt + windowsToFind - 1, seed, (window) => (window >= driftAt ? broken : healthy))
    .slice(driftAt - 1)
    .some(({ judged }) => judged.trust === 'not-trusted');
}

function isRinging({ judged }: PlayedWindow): boolean {
  return judgeEstimatedDecay(judged, defaultEstimateAlarm).verdict === 'decayed';
}

function isWithin(played: PlayedWindow | undefined): boolean {
  const interval = played?.judged.interval ?? null;
  if (played === undefined || interval === null) return false;
  return played.realised >= interval.lower && played.realised <= interval.upper;
}

function realisedOf(windows: readonly EstimatedWindow[]): number {
  return windows.reduce((sum, { realised }) => sum + realised, 0) / windows.length;
}

function errorOf(windows: readonly EstimatedWindow[]): number {
  return windows.reduce((sum, { estimated, realised }) => sum + realised - estimated, 0) / windows.length;
}

function deviationOf(windows: readonly EstimatedWindow[]): number {
  const mean = errorOf(windows);
  const squares = windows.reduce((sum, { estimated, realised }) => sum + (realised - estimated - mean) ** 2, 0);
  return Math.sqrt(squares / (windows.length - 1));
}
