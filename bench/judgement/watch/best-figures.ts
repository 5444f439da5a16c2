import { defaultWatch } from '../../../src/domain/spec/default-spec.ts';
import { withReference, type BestReference } from '../../../src/domain/watch/best/best-reference.ts';
import { judgeBest } from '../../../src/domain/watch/best/judge-best.ts';
import {
  decayHorizonWindows,
  decayRowsMax,
  judgeDecay,
  type RecentLosses,
} from '../../../src/domain/watch/judge-decay.ts';
import { lossReference } from '../../../src/domain/watch/loss-reference.ts';
import { decayStream, decayWorlds, noiseOf, type DecayWorld } from '../../../tests/worlds/decay-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { count } from '../training/judged-gate.ts';

const windowRows = 500;
const referenceRows = 2_000;
const champions = 10;
const windowsToFind = 10;
const { decay } = defaultWatch({ rows: windowRows });
const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };

/** What a window says of the champion's own reference and of the best of all. */
interface Looked {
  readonly isDecayed: boolean;
  readonly isFarBelow: boolean;
}

/** Decay against two references: the best of ten equal champions adds no error, and a far better one stays known. */
export function bestFigures(streams: number): readonly Figure[] {
  const [plain, , , mood] = decayWorlds;
  if (plain === undefined || mood === undefined) throw new RangeError('there are worlds');
  const healthy = (world: DecayWorld) =>
    count(streams, (seed) =>
      looks(world, `${world.name} ${seed}`, { best: 0, own: 0, now: 0, windows: decayHorizonWindows }).some(
        ({ isDecayed, isFarBelow }) => isDecayed || isFarBelow,
      ),
    );
  // The best champion is off by nothing; its last successor by what raises the loss by half, this one by a little less.
  const half = noiseOf(plain, 0.5);
  const little = noiseOf(plain, 0.4);
  const quarter = noiseOf(plain, 0.25);
  const successor = Array.from({ length: streams }, (_, seed) =>
    looks(plain, `successor ${seed}`, { best: 0, between: half, own: little, now: little, windows: windowsToFind }),
  );
  const found = count(streams, (seed) =>
    looks(plain, `found ${seed}`, { best: 0, own: 0, now: quarter, windows: windowsToFind }).some(
      ({ isDecayed }) => isDecayed,
    ),
  );
  const share = (isSo: (looked: Looked) => boolean) => successor.filter((each) => each.some(isSo)).length;
  return [
    ...[plain, mood].map((world) =>
      atMost(
        `best, ${world.name}, of ${champions} equal ones: healthy, any alarm in ${decayHorizonWindows} windows`,
        healthy(world),
        streams,
        decay.alpha,
      ),
    ),
    atLeast(
      `best, 40 % above it and a little below the last champion: far below found in ${windowsToFind} windows`,
      share(({ isFarBelow }) => isFarBelow),
      streams,
      0.95,
    ),
    atMost(
      'the same: decay, since it is as good as when promoted',
      share(({ isDecayed }) => isDecayed),
      streams,
      decay.alpha,
    ),
    atLeast(`best, 25 % above its own: decay found in ${windowsToFind} windows beside the best`, found, streams, 0.95),
  ];
}

/** Windows of a champion that is off by `now`, whose reference was off by `own`, and the best before it by `best`. */
function looks(
  world: DecayWorld,
  seed: string,
  off: {
    readonly best: number;
    readonly between?: number;
    readonly own: number;
    readonly now: number;
    readonly windows: number;
  },
): readonly Looked[] {
  const referenceOf = (version: number, noise: number): Omit<BestReference, 'of'> => ({
    version,
    window: version,
    reference: lossReference(decayStream(world, referenceRows, `${seed} v${version}`, () => noise).losses, told),
    question: 'the same',
  });
  let best = withReference(null, referenceOf(1, off.best));
  for (let version = 2; version < champions; version++)
    best = withReference(best, referenceOf(version, off.between ?? off.best));
  const own = referenceOf(champions, off.own);
  best = withReference(best, own);
  const stream = decayStream(world, off.windows * windowRows, `${seed} now`, () => off.now);
  return Array.from({ length: off.windows }, (_, window) => {
    const to = (window + 1) * windowRows;
    const recent: RecentLosses = { losses: stream.losses.subarray(Math.max(0, to - decayRowsMax), to), entities: null };
    // The champion itself is the best: one question, and all of alpha.
    const isOwn = best.version === own.version;
    const alpha = isOwn ? decay.alpha : decay.alpha / 2;
    return {
      isDecayed: judgeDecay(recent, own.reference, decay, { alpha }).verdict === 'decayed',
      isFarBelow: !isOwn && judgeBest(recent, best, decay, alpha).verdict === 'far-below',
    };
  });
}
