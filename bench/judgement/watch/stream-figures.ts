import { defaultWatch } from '../../../src/domain/spec/default-spec.ts';
import { decayHorizonWindows } from '../../../src/domain/watch/judge-decay.ts';
import { sayNumber, sayShare } from '../../../src/domain/words/say.ts';
import { momentsOf } from '../../../src/statistics/samples/paired.ts';
import { decayWorlds } from '../../../tests/worlds/decay-world.ts';
import { playStream, type StreamAlarms } from '../../../tests/worlds/drift-stream.ts';
import { driftWatch, type DriftWorld } from '../../../tests/worlds/drift-world.ts';
import { atLeast, beside, type Figure } from '../figure.ts';
import { shareOf } from '../share.ts';
import { decayAlarms } from './decay-alarm.ts';
import { independentRows, shortReference, stationaryWorlds } from './drift-cases.ts';

const windows = 100;
const windowRows = 500;
const distributions = 4;
/** A stream is many windows: fewer of them say as much. */
const runsOfStream = 8;
const streamsMin = 5;
const windowsLong = 500;
const longStreamsMin = 2;
/** Two-sided 99 %. */
const deviations = 2.576;
/** As for single windows: a reference that is too short to show its memory is promised five in a hundred. */
const shortLimit = 0.05;

/**
 * The watch over a whole stream, window after window against one reference, which may be an unlucky one: how many
 * windows alarm for nothing on average over streams, how many streams have several, how long one runs until its first;
 * and small drift that lasts, beside single windows with all of the error.
 */
export function streamFigures(runs: number): readonly Figure[] {
  const streams = Math.max(streamsMin, Math.round(runs / runsOfStream));
  const rate = driftWatch.falseAlarmRate;
  const ofDrift = (world: DriftWorld, limit: number): Figure => {
    const alarms = play(world, streams, { windows, shift: 0 }).map(({ stream }) => stream);
    return meanFigure(`stream of drift, ${world.name}`, alarms, windows, limit);
  };
  const { decay } = defaultWatch({ rows: windowRows });
  const ofDecay = decayWorlds.map((world) => {
    const watched = { referenceRows: 4_000, windowRows, first: 1, last: windows, noise: 0 };
    const alarms = Array.from({ length: streams }, (_, run) => [
      ...decayAlarms(world, { ...watched, seed: `stream ${world.name} ${run}` }),
    ]);
    return meanFigure(`stream of decay, ${world.name}`, alarms, windows, decay.alpha / decayHorizonWindows);
  });
  return [
    ...stationaryWorlds.map((world) => ofDrift(world, rate)),
    ofDrift(shortReference, shortLimit),
    ...longFigures(Math.max(longStreamsMin, Math.round(streams / 2)), rate),
    ...[
      { shift: 0.1, within: 32, least: 0 },
      { shift: 0.15, within: 16, least: 0.9 },
      { shift: 0.2, within: 8, least: 0.95 },
    ].flatMap((told) => foundFigures(told, streams)),
    ...ofDecay,
  ];
}

/** Five hundred windows, where references are long and where they are short, beside single windows. */
function longFigures(streams: number, rate: number): readonly Figure[] {
  const short = stationaryWorlds.filter(({ name }) => name.startsWith('70 % missing'));
  return [independentRows, ...short].flatMap((world) => {
    const played = play(world, streams, { windows: windowsLong, shift: 0 });
    const of = (rule: string, alarms: (one: StreamAlarms) => readonly number[]) =>
      meanFigure(
        `stream of drift, ${windowsLong} windows, ${world.name}${rule}`,
        played.map(alarms),
        windowsLong,
        rate,
      );
    const alone = of(', by single windows', (one) => one.alone);
    // What stands beside ours promises nothing.
    return [of('', ({ stream }) => stream), { ...alone, isKept: true }];
  });
}

interface Shifted {
  readonly shift: number;
  readonly within: number;
  readonly least: number;
}

function foundFigures({ shift, within, least }: Shifted, streams: number): readonly Figure[] {
  const played = play(independentRows, streams, { windows: within, shift });
  const what = `stream, ${shift} sd from the first window on, windows of ${windowRows}: found within ${within}`;
  const found = (of: (alarms: StreamAlarms) => readonly number[]) => played.filter((one) => of(one).length > 0).length;
  return [
    atLeast(
      what,
      found(({ stream }) => stream),
      streams,
      least,
    ),
    beside(
      `${what}, by single windows`,
      found(({ alone }) => alone),
      streams,
    ),
  ];
}

function play(world: DriftWorld, streams: number, told: { readonly windows: number; readonly shift: number }) {
  return Array.from({ length: streams }, (_, run) =>
    playStream(world, { ...told, windowRows, distributions, seed: `stream ${world.name} ${told.shift} ${run}` }),
  );
}

/** Windows of one stream depend on each other, streams do not: the mean over streams is held against the limit. */
function meanFigure(what: string, alarms: readonly (readonly number[])[], length: number, limit: number): Figure {
  const shares = alarms.map((one) => one.length / length);
  const { mean, variance, count } = momentsOf(shares);
  const reach = deviations * Math.sqrt(variance / count);
  const several = alarms.filter((one) => one.length > Math.max(1, limit * length)).length / count;
  // Until the first alarm each window has its chance: the run length is one over it.
  const until = alarms.reduce((sum, [first]) => sum + (first ?? length), 0);
  const first = shareOf(alarms.filter((one) => one.length > 0).length, until);
  const reached = first.share === 0 ? 'no alarm seen' : `about ${sayNumber(Math.round(1 / first.share))} windows`;
  const interval =
    variance === 0 ? '' : ` [${sayNumber(100 * Math.max(0, mean - reach))}, ${sayNumber(100 * (mean + reach))}]`;
  const said =
    `${what}: ${sayNumber(100 * mean)} of 100 windows alarm on average over streams${interval} (at most ` +
    `${sayNumber(100 * limit)}); until the first: ${reached}, at least ${sayNumber(Math.floor(1 / first.high))}; ` +
    `streams with more than ${sayNumber(Math.max(1, limit * length))} alarms: ${sayShare(several)}`;
  const measured = shareOf(alarms.filter((one) => one.length > 0).length, count);
  return { what: `${said}; any alarm in ${length} windows`, measured, isKept: mean - reach <= limit };
}
