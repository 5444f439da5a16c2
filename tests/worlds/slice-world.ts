import { createRandom } from '../../src/statistics/numeric/random.ts';
import { defaultWatch } from '../../src/domain/spec/default-spec.ts';
import { decayRowsMax, judgeDecay, type RecentLosses } from '../../src/domain/watch/judge-decay.ts';
import { lossReference } from '../../src/domain/watch/loss-reference.ts';
import { decayInSlices } from '../../src/domain/watch/slices/judge-slices.ts';
import { decayStream, type DecayWorld } from './decay-world.ts';

/** Decay as it is judged where `watch.decay.slices` is declared, over a stream whose rows are in slices. */
export interface SlicedStream {
  readonly slices: number;
  /** Share of the rows that are in the first slice; the others share the rest. */
  readonly firstShare: number;
  readonly referenceRows: number;
  readonly windowRows: number;
  /** Windows that are judged, counted from the reference: from this one on the model is off in the first slice. */
  readonly first: number;
  readonly last: number;
  /** In log-odds, in the first slice alone. */
  readonly noise: number;
  readonly seed: string;
}

export interface SlicedAlarms {
  /** The whole, or any slice. */
  readonly any: boolean;
  readonly whole: boolean;
  /** The first slice, before the whole. */
  readonly first: boolean;
  /** Another slice than the first. */
  readonly other: boolean;
}

export function slicedAlarms(world: DecayWorld, of: SlicedStream): SlicedAlarms {
  const { decay } = defaultWatch({ rows: of.windowRows });
  const random = createRandom(`slices ${of.seed}`);
  const begin = of.referenceRows + (of.first - 1) * of.windowRows;
  const rows = of.referenceRows + of.last * of.windowRows;
  // Rows of one entity are in one slice.
  let slice = 0;
  const sliceOf = Uint8Array.from({ length: rows }, (_, row) => {
    if (row % world.runRows === 0)
      slice = random.next() < of.firstShare ? 0 : 1 + Math.floor(random.next() * (of.slices - 1));
    return slice;
  });
  const stream = decayStream(world, rows, of.seed, (row) => (row >= begin && sliceOf[row] === 0 ? of.noise : 0));
  const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };
  const inSlice = (index: number, from: number, to: number): RecentLosses => {
    const members: number[] = [];
    for (let row = from; row < to; row++) if (index < 0 || sliceOf[row] === index) members.push(row);
    return {
      losses: Float64Array.from(members, (row) => stream.losses[row] ?? 0),
      entities: stream.entities === null ? null : Uint32Array.from(members, (row) => stream.entities?.[row] ?? 0),
    };
  };
  const referenceOf = (index: number) => lossReference(inSlice(index, 0, of.referenceRows).losses, told);
  const whole = referenceOf(-1);
  const references = Array.from({ length: of.slices }, (_, index) => referenceOf(index));
  const found = { any: false, whole: false, first: false, other: false };
  for (let window = of.first; window <= of.last; window++) {
    const to = of.referenceRows + window * of.windowRows;
    const from = Math.max(of.referenceRows, to - decayRowsMax);
    const isWhole = judgeDecay(inSlice(-1, from, to), whole, decay, { alpha: decay.alpha / 2 }).verdict === 'decayed';
    const slices = decayInSlices(
      references.map((reference, index) => ({ recent: inSlice(index, from, to), reference })),
      decay,
      decay.alpha / 2,
    ).map(({ verdict }) => verdict === 'decayed');
    found.whole ||= isWhole;
    found.first ||= slices[0] === true && !found.whole;
    found.other ||= slices.slice(1).includes(true);
    found.any ||= isWhole || slices.includes(true);
  }
  return found;
}
