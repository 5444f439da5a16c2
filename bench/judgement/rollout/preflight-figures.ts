import { preflight } from '../../../src/domain/rollout/preflight/preflight.ts';
import { judgeLook } from '../../../src/domain/rollout/judge-look.ts';
import { judgePromotion } from '../../../src/domain/rollout/judge-promotion.ts';
import { pairedDifference } from '../../../src/domain/rollout/sequence-bounds.ts';
import type { RecentTraffic } from '../../../src/domain/rollout/preflight/traffic-ahead.ts';
import type { PairedRows } from '../../../src/domain/training/compare-paired.ts';
import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import type { RolloutSpec } from '../../../src/domain/spec/spec.ts';
import { createRandom, type Random } from '../../../src/statistics/numeric/random.ts';
import { atLeast, type Figure } from '../figure.ts';

const plans: Readonly<Record<string, RolloutSpec>> = {
  'the default plan': defaultRollout('binary'),
  'a ramp of 5, 25, 50 %': {
    ...defaultRollout('binary'),
    canary: [5, 25, 50].map((percent) => ({ percent, extent: { rows: 2_000 } })),
  },
};
const championRates = [0.005, 0.02, 0.05] as const;
/** Forecasts are such that they come true in about four of five rollouts. */
const promised = 0.7;
const rowsMax = 20_000;

/** How often what a pre-flight says comes true: harm that is stopped by then, an equal challenger promoted by then. */
export function preflightFigures(runs: number): readonly Figure[] {
  const harm = Object.entries(plans).flatMap(([name, plan]) =>
    [null, 2_000, 100].flatMap((entities) => harmFigures(runs, name, plan, entities)),
  );
  return [...harm, ...promotionFigures(runs)];
}

function harmFigures(runs: number, name: string, plan: RolloutSpec, entities: number | null): readonly Figure[] {
  return championRates.flatMap((failureRate) => {
    const traffic = { rowsPerHour: 1_000, entities, failureRate, wrongRate: 0, labels: null };
    const told = preflight({ traffic, compared: null, rollout: plan });
    const five = told.forecasts.find(({ riskRatio }) => riskRatio === 5)?.rows ?? null;
    const who = entities === null ? 'every row another entity' : `${entities} entities`;
    const said = `${name}, ${who}, champion fails on ${failureRate * 100} %`;
    const asked: readonly (readonly [string, number | null, number | null])[] = [
      ['five times the failures, within the rows said', five, 5 * failureRate],
      ['the least harm said of the deadline', told.planRows, told.harmByDeadline],
    ];
    return asked.flatMap(([what, rows, rate]) => {
      // Further ahead than any rollout lasts.
      if (rows === null || rate === null || rows > rowsMax) return [];
      const world: World = { plan, rows, entities, rates: [failureRate, rate] };
      const stopped = count(runs, (run) => isStopped(createRandom(`${said} ${what} ${run}`), world));
      return [atLeast(`preflight: ${said}: ${what}, stopped`, stopped, runs, promised)];
    });
  });
}

/** As the platform counts: first failures of entities by arm, units of the breaker once in 500 rows; looks as often. */
function isStopped(random: Random, { plan, rows, entities, rates }: World): boolean {
  const { endOf, failures } = stepsOf(plan);
  const buckets = new Map<number, number>();
  const hasFailedBefore = new Set<number>();
  let seenInStretch = new Set<number>();
  let [challengerRows, challengerErrors, challengerUnits, challengerUnitFailures] = [0, 0, 0, 0];
  for (let row = 1; row <= rows; row++) {
    const entity = entities === null ? row : Math.floor(random.next() * entities);
    const bucket = buckets.get(entity) ?? random.next();
    buckets.set(entity, bucket);
    const step = failures[endOf(row)];
    if (step === undefined) continue;
    const isChallenger = bucket < step.weight;
    const hasFailed = random.next() < rates[isChallenger ? 1 : 0];
    if (isChallenger) {
      challengerRows += 1;
      challengerErrors += hasFailed ? 1 : 0;
      if (!seenInStretch.has(entity)) {
        challengerUnits += 1;
        challengerUnitFailures += hasFailed ? 1 : 0;
      }
      seenInStretch.add(entity);
    }
    if (hasFailed && !hasFailedBefore.has(entity)) {
      hasFailedBefore.add(entity);
      if (isChallenger) step.challengerFailures += 1;
      else step.championFailures += 1;
    }
    if (row % 500 !== 0 && row !== rows) continue;
    seenInStretch = new Set();
    const arms = { challengerRows, challengerErrors, challengerUnits, challengerUnitFailures };
    if (judgeLook({ failures, assigned: [], ...arms, rollout: plan }).verdict === 'stop') return true;
  }
  return false;
}

interface World {
  readonly plan: RolloutSpec;
  readonly rows: number;
  readonly entities: number | null;
  /** Of the champion and of the challenger. */
  readonly rates: readonly [number, number];
}

/** Which step a row falls in, and the failures of each; -1 in the shadow, the last one after the steps. */
function stepsOf(plan: RolloutSpec) {
  const ends: number[] = [];
  const shadowRows = rowsOf(plan.shadow);
  for (const { extent } of plan.canary) ends.push((ends.at(-1) ?? shadowRows) + rowsOf(extent));
  const failures = plan.canary.map(({ percent }) => ({
    weight: percent / 100,
    championFailures: 0,
    challengerFailures: 0,
  }));
  const endOf = (row: number): number => {
    if (row <= shadowRows) return -1;
    const found = ends.findIndex((end) => row <= end);
    return found === -1 ? ends.length - 1 : found;
  };
  return { endOf, failures };
}

function promotionFigures(runs: number): readonly Figure[] {
  const plan = defaultRollout('binary');
  return [0.02, 0.06].map((noise) => {
    const promoted = count(runs, (run) => {
      const random = createRandom(`preflight promotion ${noise} ${run}`);
      const compared = pairedDifference(pairsOf(random, 1_000, noise), 'logLoss');
      const traffic: RecentTraffic = {
        rowsPerHour: 1_000,
        entities: null,
        failureRate: 0,
        wrongRate: 0,
        labels: { share: 1, delayRows: 100 },
      };
      const needed = preflight({ traffic, compared, rollout: plan }).promotion?.pairsNeeded ?? null;
      if (needed === null) return false;
      return ['better', 'not-worse'].includes(judgePromotion(pairsOf(random, needed, noise), plan).verdict);
    });
    const what = `preflight: an equal challenger whose answers differ by ${noise}, on the labelled rows said, promoted`;
    return atLeast(what, promoted, runs, promised);
  });
}

/** Two models that are as good as each other, and err independently. */
function pairsOf(random: Random, rows: number, noise: number): PairedRows {
  const truth = Float64Array.from({ length: rows }, () => 0.1 + 0.4 * random.next());
  const said = (): Float64Array =>
    Float64Array.from(
      [...truth].flatMap((p) => {
        const positive = Math.min(0.98, Math.max(0.02, p + noise * random.normal()));
        return [1 - positive, positive];
      }),
    );
  return {
    task: 'binary',
    classes: ['no', 'yes'],
    labels: truth.map((p) => (random.next() < p ? 1 : 0)),
    champion: said(),
    challenger: said(),
    championThreshold: 0.5,
    challengerThreshold: 0.5,
  };
}

function rowsOf(extent: RolloutSpec['shadow']): number {
  return 'rows' in extent ? extent.rows : 0;
}

function count(runs: number, play: (run: number) => boolean): number {
  let hits = 0;
  for (let run = 0; run < runs; run++) if (play(run)) hits++;
  return hits;
}
