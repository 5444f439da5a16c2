import { alphaShares } from '../../../src/domain/rollout/alpha-shares.ts';
import { judgePromotion, type PromotionVerdict } from '../../../src/domain/rollout/judge-promotion.ts';
import { sequenceBounds } from '../../../src/domain/rollout/sequence-bounds.ts';
import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
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
  const count = (harm: number, verdicts: readonly PromotionVerdict[]) => {
    let found = 0;
    for (let run = 0; run < rollouts; run++)
      if (verdicts.includes(verdictOf(world, harm, `${world.name} ${run}`))) found++;
    return found;
  };
  const promoted = ['better', 'not-worse'] as const;
  const [margin, twice] = [harmAt(1), harmAt(2)];
  return [
    atMost(`${world.name}: worse by the margin, promoted`, count(margin, promoted), rollouts, alpha),
    atMost(`${world.name}: worse by twice the margin, promoted`, count(twice, promoted), rollouts, alpha / 5),
    atMost(`${world.name}: as good, stopped`, count(0, ['worse']), rollouts, plan.alpha * alphaShares.quality),
    ...(world.isDecidable
      ? [atLeast(`${world.name}: as good with other answers, promoted`, count(0, promoted), rollouts, 0.95)]
      : []),
  ];
}

/** The verdict of a whole rollout: the first look that decides. */
function verdictOf(world: PromotionWorld, harm: number, seed: string): PromotionVerdict {
  const all = rowsOf(world, rowsMax, harm, seed);
  const { metric, margin } = world;
  for (let rows = lookRows; rows <= rowsMax; rows += lookRows) {
    const upTo = (of: ArrayLike<number>, width: number) => Float64Array.from(of).subarray(0, rows * width);
    const paired = {
      ...all,
      labels: upTo(all.labels, 1),
      champion: upTo(all.champion, 2),
      challenger: upTo(all.challenger, 2),
      ...(all.entities === undefined ? {} : { entities: all.entities.subarray(0, rows) }),
    };
    const { verdict } = judgePromotion(paired, { ...plan, promotion: { ...plan.promotion, metric, margin } });
    if (verdict !== 'undecided' && verdict !== 'insufficient') return verdict;
  }
  return 'undecided';
}

/** The harm at which the challenger truly differs by this much, by bisection on the same many rows. */
function harmOf(world: PromotionWorld, difference: number): number {
  const rows = { ...world, runRows: 1 };
  const options = { alphaLower: 0.05, alphaUpper: 0.05, rowsTuned: truthRows };
  let [low, high] = [0, world.harmMax];
  for (let step = 0; step < 14; step++) {
    const middle = (low + high) / 2;
    const truth = sequenceBounds(rowsOf(rows, truthRows, middle, 'truth'), world.metric, options)?.estimate ?? 0;
    if (truth > difference) low = middle;
    else high = middle;
  }
  return high;
}
