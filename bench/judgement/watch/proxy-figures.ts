import { judgeAgreement, judgeProxy, type ProxyAgreement } from '../../../src/domain/watch/judge-proxy.ts';
import {
  complaints,
  idleProxies,
  proxyStream,
  type ProxyStream,
  type ProxyWorld,
} from '../../../tests/worlds/proxy-world.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { count } from '../training/judged-gate.ts';

const windowRows = 500;
const windows = 50;
/** Mature rows that agreement is judged on. */
const rowsMax = 2_000;
const call = { name: 'call', meaning: 'they called', better: 'lower' } as const;
const unknown: ProxyAgreement = { rows: 0, verdict: 'not-yet', correlation: null, lower: null, upper: null };

/** Proxies that say nothing of the loss and are said to agree, ones that do, and what rings. */
export function proxyFigures(runs: number): readonly Figure[] {
  return [
    ...idleProxies.map((world) =>
      atMost(
        `${world.name}: said to agree in any of ${windows} windows`,
        count(runs, (run) => isEverAgreeing(world, `${world.name} ${run}`)),
        runs,
        0.05,
      ),
    ),
    ...[500, 1_000, 2_000].map((rows) =>
      atLeast(
        `${complaints.name}: agree after ${rows.toLocaleString('en')} mature rows`,
        count(runs, (run) => agreementOf(proxyStream(complaints, rows, `agree ${run}`), 0, rows) === 'agrees'),
        runs,
        rows < 1_000 ? 0 : 0.95,
      ),
    ),
    ...[0.05, 0.5].flatMap((share) => ringing(share, runs)),
  ];
}

function isEverAgreeing(world: ProxyWorld, seed: string): boolean {
  const stream = proxyStream(world, windows * windowRows, seed);
  for (let to = windowRows; to <= windows * windowRows; to += windowRows)
    if (agreementOf(stream, Math.max(0, to - rowsMax), to) === 'agrees') return true;
  return false;
}

function agreementOf({ rows, groups }: ProxyStream, from: number, to: number): string {
  return judgeAgreement(rows.slice(from, to), 'lower', groups?.subarray(from, to) ?? null).verdict;
}

/** A share of rows that complain, steady for 50 windows, or twice as large from then on. */
function ringing(share: number, runs: number): readonly Figure[] {
  const rings = (run: number, isWorseFrom: number, last: number): boolean => {
    const random = createRandom(`ringing ${share} ${isWorseFrom} ${run}`);
    const means: number[] = [];
    for (let window = 1; window <= last; window++) {
      const now = window >= isWorseFrom ? Math.min(1, 1.6 * share) : share;
      const values = Array.from({ length: windowRows }, () => (random.next() < now ? 1 : 0));
      const judged = judgeProxy(call, { values, windowRows, earlierMeans: means, agreement: unknown, proxies: 1 });
      if (judged.verdict === 'worse') return true;
      means.push(judged.mean ?? Number.NaN);
    }
    return false;
  };
  const said = `${share * 100} % of ${windowRows} rows`;
  return [
    atMost(
      `${said}: rings in 50 windows`,
      count(runs, (run) => rings(run, Infinity, 60)),
      runs,
      0.01,
    ),
    atLeast(
      `${said}: 1.6 times as many ring within 5 windows`,
      count(runs, (run) => rings(run, 31, 35)),
      runs,
      // Of 25 complaints 15 more are within three standard deviations: it is printed.
      share >= 0.5 ? 0.95 : 0,
    ),
  ];
}
