import { defaultWatch } from '../../../src/domain/spec/default-spec.ts';
import { decayHorizonWindows } from '../../../src/domain/watch/judge-decay.ts';
import { decayWorlds, noiseOf } from '../../../tests/worlds/decay-world.ts';
import { slicedAlarms } from '../../../tests/worlds/slice-world.ts';
import { atLeast, atMost, beside, type Figure } from '../figure.ts';

const windowRows = 500;
const referenceRows = 4_000;
const slices = 10;
const firstShare = 0.1;
const rise = 1;
const windowsToFind = 10;
/** Stretches of slices take so long that all worlds stand in the long form alone. */
const longFormStreams = 100;
const { decay } = defaultWatch({ rows: windowRows });

/** Decay by slice: healthy streams alarm in 50 windows in at most alpha, whole and slices together. */
export function slicedFigures(streams: number): readonly Figure[] {
  const isLong = streams >= longFormStreams;
  const worlds = isLong ? decayWorlds : decayWorlds.filter(({ name }) => shortWorlds.includes(name));
  return worlds.flatMap((world) => {
    const said = `${world.name}, ${slices} slices`;
    const of = (run: number) => ({ slices, firstShare, referenceRows, windowRows, seed: `${said} ${run}` });
    let healthy = 0;
    for (let run = 0; run < streams; run++)
      if (slicedAlarms(world, { ...of(run), first: 1, last: decayHorizonWindows, noise: 0 }).any) healthy++;
    const alarms = atMost(
      `${said}: healthy, any alarm in ${decayHorizonWindows} windows`,
      healthy,
      streams,
      decay.alpha,
    );
    if (!world.isDecidable) return [alarms];
    const noise = noiseOf(world, rise);
    let [first, whole, other] = [0, 0, 0];
    for (let run = 0; run < streams; run++) {
      const found = slicedAlarms(world, { ...of(run), first: 21, last: 20 + windowsToFind, noise });
      if (found.first || found.whole) first++;
      if (found.whole) whole++;
      if (found.other) other++;
    }
    const twice = `${said}: twice the loss in one tenth of the rows`;
    return [
      alarms,
      atLeast(`${twice}, found within ${windowsToFind} windows in the slice or the whole`, first, streams, 0.9),
      beside(`${twice}, found in the whole`, whole, streams),
      atMost(`${twice}, another slice said to have decayed`, other, streams, decay.alpha),
    ];
  });
}

const shortWorlds: readonly string[] = ['31 % positives'];
