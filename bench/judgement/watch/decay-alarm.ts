import { defaultWatch } from '../../../src/domain/spec/default-spec.ts';
import { decayRowsMax, judgeDecay } from '../../../src/domain/watch/judge-decay.ts';
import { lossReference } from '../../../src/domain/watch/loss-reference.ts';
import { decayStream, type DecayStream, type DecayWorld } from '../../../tests/worlds/decay-world.ts';

export interface WatchedStream {
  readonly referenceRows: number;
  readonly windowRows: number;
  /** Windows that are judged, counted from the reference: from this one on the model is off by `noise`. */
  readonly first: number;
  readonly last: number;
  /** In log-odds. */
  readonly noise: number;
  readonly seed: string;
}

/** Whether the watch alarms of decay in any of these windows. */
export function hasDecayAlarm(world: DecayWorld, watched: WatchedStream): boolean {
  return decayAlarms(world, watched).next().done !== true;
}

/** The windows in which it alarms, one after the other. */
export function* decayAlarms(world: DecayWorld, watched: WatchedStream): Generator<number> {
  const { referenceRows, windowRows, first, last, noise, seed } = watched;
  const { decay } = defaultWatch({ rows: windowRows });
  const begin = referenceRows + (first - 1) * windowRows;
  const stream = decayStream(world, referenceRows + last * windowRows, seed, (row) => (row >= begin ? noise : 0));
  const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };
  const reference = lossReference(stream.losses.subarray(0, referenceRows), told);
  for (let window = first; window <= last; window++) {
    const to = referenceRows + window * windowRows;
    const recent = between(stream, Math.max(referenceRows, to - decayRowsMax), to);
    if (judgeDecay(recent, reference, decay).verdict === 'decayed') yield window;
  }
}

function between({ losses, entities }: DecayStream, from: number, to: number): DecayStream {
  return { losses: losses.subarray(from, to), entities: entities?.subarray(from, to) ?? null };
}
