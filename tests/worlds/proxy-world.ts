import type { ProxiedLoss } from '../../src/domain/watch/judge-proxy.ts';
import { createRandom, type Random } from '../../src/statistics/numeric/random.ts';
import { logistic } from './paired-world.ts';

/** Rows with their loss and the value of a proxy of which more is worse. */
export interface ProxyWorld {
  readonly name: string;
  /** The proxy of a row by its loss, which has mean 0 and deviation 1; `mood` is an AR(0.95) of its own. */
  readonly proxy: (loss: number, random: Random, mood: number) => number;
  /** Rows of one entity in a row, which all say the same; 1 for none. */
  readonly runRows: number;
}

const isRare = (random: Random, share: number): number => (random.next() < share ? 1 : 0);
const isUnrelated = { runRows: 1 };

/** Proxies that go with the loss by 0.1 at most, which is nothing to rely on. */
export const idleProxies: readonly ProxyWorld[] = [
  { ...isUnrelated, name: 'unrelated', proxy: (_, random) => random.normal() },
  { ...isUnrelated, name: 'unrelated, one row in fifty', proxy: (_, random) => isRare(random, 0.02) },
  { ...isUnrelated, name: 'unrelated, with moods of its own', proxy: (_, random, mood) => mood + random.normal() },
  { name: 'unrelated, entities in runs of 10', runRows: 10, proxy: (_, random) => random.normal() },
  {
    ...isUnrelated,
    name: 'a correlation of exactly 0.1',
    proxy: (loss, random) => 0.1 * loss + Math.sqrt(0.99) * random.normal(),
  },
];

/** One row in fifty complains anyhow, and more of them the larger the loss was. */
export const complaints: ProxyWorld = {
  ...isUnrelated,
  name: 'complaints',
  proxy: (loss, random) => isRare(random, 0.02 + 0.7 * logistic(3 * loss - 3)),
};

export interface ProxyStream {
  readonly rows: readonly ProxiedLoss[];
  readonly groups: Uint32Array | null;
}

/** Losses of which a few are large: standardised exponentials in a mood that goes through the rows. */
export function proxyStream(world: ProxyWorld, count: number, seed: string): ProxyStream {
  const random = createRandom(seed);
  const step = (mood: number): number => 0.95 * mood + Math.sqrt(1 - 0.95 ** 2) * random.normal();
  let [lossMood, proxyMood] = [random.normal(), random.normal()];
  let row = { loss: 0, value: 0 };
  const rows = Array.from({ length: count }, (_, at) => {
    [lossMood, proxyMood] = [step(lossMood), step(proxyMood)];
    if (at % world.runRows !== 0) return row;
    // The two parts have variance 0.75 and 0.25.
    const loss = Math.sqrt(0.75) * (-Math.log(1 - random.next()) - 1) + 0.5 * lossMood;
    row = { loss, value: world.proxy(loss, random, proxyMood) };
    return row;
  });
  const groups =
    world.runRows === 1 ? null : Uint32Array.from({ length: count }, (_, at) => Math.floor(at / world.runRows));
  return { rows, groups };
}
