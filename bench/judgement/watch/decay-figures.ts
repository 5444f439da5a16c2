import { defaultWatch } from '../../../src/domain/spec/default-spec.ts';
import { decayHorizonWindows } from '../../../src/domain/watch/judge-decay.ts';
import { decayWorlds, noiseOf } from '../../../tests/worlds/decay-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { hasDecayAlarm } from './decay-alarm.ts';

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
      const stream = (run: number) => ({ referenceRows, windowRows, seed: `${said} ${run}` });
      const healthy = count(streams, (run) =>
        hasDecayAlarm(world, { ...stream(run), first: 1, last: decayHorizonWindows, noise: 0 }),
      );
      const found = count(streams, (run) =>
        hasDecayAlarm(world, { ...stream(run), first: 21, last: 20 + windowsToFind, noise }),
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

function count(streams: number, isFound: (run: number) => boolean): number {
  let found = 0;
  for (let run = 0; run < streams; run++) if (isFound(run)) found++;
  return found;
}
