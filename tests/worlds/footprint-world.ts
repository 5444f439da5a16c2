import { createRandom } from '../../src/statistics/numeric/random.ts';
import type { Footprint, ModelRound } from '../../src/domain/training/gates/footprint-rounds.ts';

export interface FootprintWorld {
  /** What each truly takes, as the median over starts on a quiet machine: ms of a row, and bytes. */
  readonly candidateMs: number;
  readonly championMs?: number;
  readonly bytes?: number;
  readonly rounds?: number;
  /** Standard deviation of the logarithm from start to start. */
  readonly spread?: number;
  /** How fast this machine is: everything takes so many times as long. */
  readonly slowness?: number;
  /** Share of rounds in which others take the cores; `stays` of them pass into the next round. */
  readonly busy?: { readonly share: number; readonly stays: number };
}

/** What the platform would measure where it is known what the models truly take. */
export function footprintWorld(world: FootprintWorld, seed: string): Footprint {
  const { candidateMs, championMs, bytes = 80e6, rounds = 12, spread = 0.15, slowness = 1, busy } = world;
  const random = createRandom(seed);
  let isBusy = busy !== undefined && random.next() < busy.share;
  const round = (ms: number): ModelRound => {
    const own = ms * slowness * Math.exp(spread * random.normal());
    // Whoever loses its core waits for a slice of time of the others, whatever it does itself.
    const waitMs = isBusy ? 2 + 4 * random.next() : 0;
    const core = own * (isBusy ? 1 + 0.2 * random.next() : 1);
    return {
      latencyMs: { calls: 200, p50: core, p99: core + waitMs },
      batches: [1, 256].map((rows) => ({ rows, coreMsPerRow: core, wallMsPerRow: core + waitMs / 10 })),
      peakBytes: bytes * Math.exp((spread / 10) * random.normal()),
      coreShare: isBusy ? 0.3 + 0.55 * random.next() : 0.95 + 0.05 * random.next(),
    };
  };
  const found = Array.from({ length: rounds }, () => {
    const candidate = round(candidateMs);
    const champion = championMs === undefined ? null : round(championMs);
    if (busy !== undefined && random.next() >= busy.stays) isBusy = random.next() < busy.share;
    return { candidate, champion };
  });
  return {
    fileBytes: { candidate: 1_000_000, champion: championMs === undefined ? null : 500_000 },
    rounds: found,
    machine: { cores: 2, cpu: 'a processor', load: busy === undefined ? 0.4 : 3.2 },
    tookMs: 9_000,
  };
}
