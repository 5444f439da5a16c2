import { defaultWatch } from '../../src/domain/spec/default-spec.ts';
import { decayHorizonWindows } from '../../src/domain/watch/judge-decay.ts';
import { decayStream, decayWorlds, noiseOf, type DecayWorld } from '../../tests/worlds/decay-world.ts';
import { beside, type Figure } from '../judgement/figure.ts';
import { hasDecayAlarm } from '../judgement/watch/decay-alarm.ts';
import type { Peers } from './ask-python.ts';

const windowRows = 500;
const referenceRows = 2_000;
const rise = 0.25;
const windowsToFind = 10;
const { decay } = defaultWatch({ rows: windowRows });

function typedKeys<T extends object>(object: T): readonly (keyof T)[] {
  return Object.keys(object) as (keyof T)[];
}

/** From the most to the least sensitive. */
const detectors = {
  adwin: [0.05, 0.01, 2e-3, 5e-4, 1e-4, 1e-5, 1e-7, 1e-9, 1e-12, 1e-18],
  'page-hinkley': [25, 50, 75, 100, 150, 200, 300, 500, 800, 1_500],
  // Each update of it is a test of two samples: some hundred times as slow as the others.
  kswin: [1e-4, 1e-6, 1e-8],
} as const;
export type Detector = keyof typeof detectors;
export const detectorNames = typedKeys(detectors);

/**
 * Decay of a stream of losses, with river's detectors beside ours at an equal error: of each, the most sensitive
 * parameter that alarms on no more than `decay.alpha` of healthy streams, found on streams that are not counted after.
 */
export async function* streamPeers(python: Peers, streams: number, only: readonly Detector[]): AsyncGenerator<Figure> {
  for (const world of decayWorlds) {
    const noise = noiseOf(world, rise);
    const [healthy, risen] = [
      { first: 1, last: decayHorizonWindows },
      { first: 21, last: 20 + windowsToFind },
    ];
    const ours = (run: number, { first, last }: typeof healthy, off: number) =>
      hasDecayAlarm(world, { referenceRows, windowRows, first, last, noise: off, seed: seedOf(world, run) });
    yield* said(world, 'Perennial', streams, [
      counted(streams, (run) => ours(run, healthy, 0)),
      counted(streams, (run) => ours(run, risen, noise)),
    ]);
    for (const detector of only) yield* await beRiver(python, { world, noise, streams, detector });
  }
}

interface Played {
  readonly world: DecayWorld;
  readonly noise: number;
  readonly streams: number;
  readonly detector: Detector;
}

async function beRiver(python: Peers, { world, noise, streams, detector }: Played): Promise<readonly Figure[]> {
  const parameters = detectors[detector];
  const healthy = (offset: number) =>
    playedBy(streams, (run) => firsts(python, detector, streamOf(world, run + offset, decayHorizonWindows, null)));
  const tried = await healthy(streams);
  const at = parameters.findIndex((_, index) => sharesOf(tried, index, Number.POSITIVE_INFINITY) <= decay.alpha);
  const chosen = at < 0 ? parameters.length - 1 : at;
  const alarmed = sharesOf(await healthy(0), chosen, Number.POSITIVE_INFINITY) * streams;
  const risen = await playedBy(streams, (run) =>
    firsts(python, detector, streamOf(world, run, 20 + windowsToFind, noise)),
  );
  // An alarm before the rise is a false one, and finds nothing.
  const found = risen.filter((one) => (one[chosen] ?? -1) >= 20 * windowRows).length;
  return said(world, `river ${detector} ${parameters[chosen]}`, streams, [Math.round(alarmed), found]);
}

const seedOf = (world: DecayWorld, run: number): string => `${world.name}, reference of ${referenceRows} ${run}`;

function streamOf(world: DecayWorld, run: number, windows: number, noise: number | null): Float64Array {
  const begin = referenceRows + 20 * windowRows;
  return decayStream(world, referenceRows + windows * windowRows, seedOf(world, run), (row) =>
    noise !== null && row >= begin ? noise : 0,
  ).losses;
}

/** By parameter: the row after the reference at which it first alarmed, or null. */
async function firsts(python: Peers, detector: Detector, losses: Float64Array): Promise<readonly (number | null)[]> {
  const question = { ask: 'stream', detector, parameters: detectors[detector], referenceRows };
  const told = (await python.ask(question, [losses]))['firsts'];
  if (!Array.isArray(told)) throw new Error('Python gave no firsts');
  return told.map((first) => (typeof first === 'number' ? first : null));
}

function sharesOf(played: readonly (readonly (number | null)[])[], index: number, rowsMax: number): number {
  return played.filter((one) => (one[index] ?? Number.NaN) < rowsMax).length / played.length;
}

async function playedBy<T>(runs: number, play: (run: number) => Promise<T>): Promise<readonly T[]> {
  const played: T[] = [];
  for (let run = 0; run < runs; run++) played.push(await play(run));
  return played;
}

function said(
  { name }: DecayWorld,
  rule: string,
  streams: number,
  [healthy = 0, found = 0]: readonly number[],
): readonly Figure[] {
  return [
    beside(`${name}, ${rule}: healthy, any alarm in ${decayHorizonWindows} windows`, healthy, streams),
    beside(`${name}, ${rule}: ${rise * 100} % higher loss found within ${windowsToFind} windows`, found, streams),
  ];
}

function counted(runs: number, isSo: (run: number) => boolean): number {
  return Array.from({ length: runs }, (_, run) => run).filter(isSo).length;
}
