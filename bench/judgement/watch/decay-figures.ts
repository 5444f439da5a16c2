import { defaultWatch } from '../../../src/domain/spec/default-spec.ts';
import { decayHorizonWindows, decayRowsMax, judgeDecay } from '../../../src/domain/watch/judge-decay.ts';
import { lossReference } from '../../../src/domain/watch/loss-reference.ts';
import {
  decayStream,
  decayWorlds,
  noiseOf,
  type DecayStream,
  type DecayWorld,
} from '../../../tests/worlds/decay-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';

const windowRows = 500;
/** The least that fixes a reference where nothing is declared, and the most that is kept of a hold-out. */
const references = [2_000, 4_000] as const;
const rise = 0.25;
const windowsToFind = 10;
const { decay } = defaultWatch({ rows: windowRows });

/** Decay: a healthy stream alarms in 50 windows in at most about alpha; a rise of a quarter is found within 10. */
export function decayFigures(streams: number): readonly Figure[] {
  return references.flatMap((referenceRows) =>
    decayWorlds.flatMap((world) => {
      const noise = noiseOf(world, rise);
      const said = `${world.name}, reference of ${referenceRows}`;
      const healthy = count(streams, (run) =>
        alarms(world, referenceRows, `${said} ${run}`, [1, decayHorizonWindows], 0),
      );
      const found = count(streams, (run) =>
        alarms(world, referenceRows, `${said} ${run}`, [21, 20 + windowsToFind], noise),
      );
      return [
        atMost(`${said}: healthy, any alarm in ${decayHorizonWindows} windows`, healthy, streams, decay.alpha),
        // Where it is not promised, it is printed.
        atLeast(
          `${said}: ${rise * 100} % higher loss found within ${windowsToFind} windows`,
          found,
          streams,
          world.isDecidable ? 0.95 : 0,
        ),
      ];
    }),
  );
}

/** Any alarm in these windows; from the first of them on, the model is off by `noise`. */
function alarms(
  world: DecayWorld,
  referenceRows: number,
  seed: string,
  [first, last]: readonly [number, number],
  noise: number,
): boolean {
  const begin = referenceRows + (first - 1) * windowRows;
  const stream = decayStream(world, referenceRows + last * windowRows, seed, (row) => (row >= begin ? noise : 0));
  const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };
  const reference = lossReference(stream.losses.subarray(0, referenceRows), told);
  for (let window = first; window <= last; window++) {
    const to = referenceRows + window * windowRows;
    const recent = between(stream, Math.max(referenceRows, to - decayRowsMax), to);
    if (judgeDecay(recent, reference, decay).verdict === 'decayed') return true;
  }
  return false;
}

function between({ losses, entities }: DecayStream, from: number, to: number): DecayStream {
  return { losses: losses.subarray(from, to), entities: entities?.subarray(from, to) ?? null };
}

function count(streams: number, isFound: (run: number) => boolean): number {
  let found = 0;
  for (let run = 0; run < streams; run++) if (isFound(run)) found++;
  return found;
}
