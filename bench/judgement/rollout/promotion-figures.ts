import { alphaShares } from '../../../src/domain/rollout/alpha-shares.ts';
import { judgePromotion, type PromotionVerdict } from '../../../src/domain/rollout/judge-promotion.ts';
import { sequenceBounds } from '../../../src/domain/rollout/sequence-bounds.ts';
import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { harmedRows } from '../training/harmed-rows.ts';
import { tally } from '../training/judged-gate.ts';
import { promotionWorlds, rowsOf, type PromotionWorld } from './promotion-worlds.ts';

const plan = defaultRollout('binary');
/** Labelled pairs that the default plan has seen at its deadline, and how often it looks. */
const rowsMax = 2_500;
const lookRows = 500;
const truthRows = 200_000;

/** Challengers that are as good, worse by the margin, or by twice the margin, over all looks of the default plan. */
export function promotionFigures(rollouts: number): readonly Figure[] {
  return promotionWorlds.flatMap((world) => figuresOf(world, rollouts));
}

function figuresOf(world: PromotionWorld, rollouts: number): readonly Figure[] {
  const { alpha } = plan.promotion;
  const harmAt = (times: number) => harmOf(world, -times * world.margin);
  const verdictsAt = (harm: number) => tally(rollouts, (run) => verdictOf(world, harm, `${world.name} ${run}`));
  const count = (of: (verdict: PromotionVerdict) => number, verdicts: readonly PromotionVerdict[]) =>
    verdicts.reduce((sum, verdict) => sum + of(verdict), 0);
  const promoted = ['better', 'not-worse'] as const;
  const [equal, margin, twice] = [verdictsAt(0), verdictsAt(harmAt(1)), verdictsAt(harmAt(2))];
  return [
    atMost(`${world.name}: worse by the margin, promoted`, count(margin, promoted), rollouts, alpha),
    atMost(`${world.name}: worse by twice the margin, promoted`, count(twice, promoted), rollouts, alpha / 5),
    atMost(`${world.name}: as good, stopped`, count(equal, ['worse']), rollouts, plan.alpha * alphaShares.quality),
    ...(world.isDecidable
      ? [atLeast(`${world.name}: as good with other answers, promoted`, count(equal, promoted), rollouts, 0.95)]
      : []),
  ];
}

/** The verdict of a whole rollout: the first look that decides. */
function verdictOf(world: PromotionWorld, harm: number, seed: string): PromotionVerdict {
  const all = rowsOf(world, rowsMax, harm, seed);
  const { metric, margin } = world;
  const [labels, champion, challenger] = [all.labels, all.champion, all.challenger].map((of) => Float64Array.from(of));
  if (labels === undefined || champion === undefined || challenger === undefined)
    throw new RangeError('there are rows');
  for (let rows = lookRows; rows <= rowsMax; rows += lookRows) {
    const upTo = (of: Float64Array, width: number) => of.subarray(0, rows * width);
    const paired = {
      ...all,
      labels: upTo(labels, 1),
      champion: upTo(champion, 2),
      challenger: upTo(challenger, 2),
      ...(all.entities === undefined ? {} : { entities: all.entities.subarray(0, rows) }),
    };
    const { verdict } = judgePromotion(paired, { ...plan, promotion: { ...plan.promotion, metric, margin } });
    if (verdict !== 'undecided' && verdict !== 'insufficient') return verdict;
  }
  return 'undecided';
}

/** The harm at which the challenger truly differs by this much, by bisection on the same many rows. */
function harmOf(world: PromotionWorld, difference: number): number {
  let [low, high] = [0, world.harmMax];
  for (let step = 0; step < 14; step++) {
    const middle = (low + high) / 2;
    if (truthOf(world, middle) > difference) low = middle;
    else high = middle;
  }
  return high;
}

const manyNoisier = harmedRows({ rows: truthRows, seed: 'truth', noise: 0.3 });
/** By what is drawn, the metric and the harm: worlds share rows, and bisections their first steps. */
const truths = new Map<string, number>();

function truthOf(world: PromotionWorld, harm: number): number {
  const { metric, noisierAt } = world;
  const key = `${noisierAt ?? world.name} ${metric} ${harm}`;
  const known = truths.get(key);
  if (known !== undefined) return known;
  const many =
    noisierAt === undefined ? rowsOf({ ...world, runRows: 1 }, truthRows, harm, 'truth') : manyNoisier(noisierAt, harm);
  const options = { alphaLower: 0.05, alphaUpper: 0.05, rowsTuned: truthRows };
  const truth = sequenceBounds(many, metric, options)?.estimate ?? 0;
  truths.set(key, truth);
  return truth;
}
