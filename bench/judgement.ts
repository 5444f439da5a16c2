import { judgeLook } from '../src/domain/rollout/judge-look.ts';
import { alphaShares } from '../src/domain/rollout/alpha-shares.ts';
import { judgePromotion, type PromotionVerdict } from '../src/domain/rollout/judge-promotion.ts';
import { defaultRollout } from '../src/domain/spec/default-spec.ts';
import { sequenceBounds } from '../src/domain/rollout/sequence-bounds.ts';
import { createRandom } from '../src/statistics/random.ts';
import { promotionWorlds, rowsOf, type PromotionWorld } from './judgement/promotion-worlds.ts';
import { atLeast, atMost, type Figure } from './judgement/figure.ts';
import { gatesFigures } from './judgement/gates-figures.ts';
import { maturityFigures } from './judgement/maturity-figures.ts';
import { sayShare } from './judgement/share.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

const help = `npm run bench:judgement [-- --json] [-- --rollouts 300]

Plays whole rollouts in worlds where the truth is known and calls the verdicts as the platform calls them: how often a
challenger that is as good, worse by the margin, or worse by twice the margin is promoted or stopped over all looks of
the default plan; how often one that is much worse is promoted where labels of one class come sooner; how often two
equal versions are stopped for their failures; how often the gates of a training err. Every share has its exact 99 %
interval. Exit code 1 when a promise is broken beyond that interval.`;

const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    rollouts: { type: 'string', default: '300' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const rollouts = wholeOption('rollouts', values.rollouts, { min: 20, max: 1_000_000 });
const plan = defaultRollout('binary');
/** Labelled pairs that the default plan has seen at its deadline, and how often it looks. */
const rowsMax = 2_500;
const lookRows = 500;
const truthRows = 200_000;

if (values.help) process.stdout.write(`${help}\n`);
else bench();

function bench(): void {
  const figures = [
    ...promotionWorlds.flatMap(promotionFigures),
    ...maturityFigures(rollouts),
    ...failureFigures(),
    ...gatesFigures(rollouts),
  ];
  for (const { what, measured, atMost, atLeast, isKept } of figures) {
    const promise = atMost === undefined ? `at least ${percent(atLeast ?? 0)} %` : `at most ${percent(atMost)} %`;
    process.stderr.write(`${isKept ? '  ' : '! '}${what}: ${sayShare(measured)} (${promise})\n`);
  }
  const isKept = figures.every((figure) => figure.isKept);
  if (values.json) process.stdout.write(`${JSON.stringify({ rollouts, figures, isKept })}\n`);
  else process.stdout.write(isKept ? 'every promise was kept\n' : 'a promise was broken: see the lines with !\n');
  process.exitCode = isKept ? 0 : 1;
}

function percent(share: number): number {
  return Number((share * 100).toPrecision(6));
}

function promotionFigures(world: PromotionWorld): readonly Figure[] {
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

/** Two equal versions whose entities fail now and then, on a ramp of 10, 25 and 50 %, looked at every 500 rows. */
function failureFigures(): readonly Figure[] {
  return [0.005, 0.02, 0.03, 0.04, 0.05].map((rate) => {
    let stopped = 0;
    for (let run = 0; run < rollouts; run++) if (isStopped(rate, `failures ${rate} ${run}`)) stopped++;
    const limit = plan.alpha * (alphaShares.evidence + alphaShares.breaker);
    return atMost(`equal versions that fail on ${percent(rate)} % of rows, stopped`, stopped, rollouts, limit);
  });
}

function isStopped(rate: number, seed: string): boolean {
  const random = createRandom(seed);
  const failures = [0.1, 0.25, 0.5].map((weight) => ({ weight, championFailures: 0, challengerFailures: 0 }));
  let [challengerRows, challengerErrors] = [0, 0];
  for (const step of failures) {
    for (let row = 1; row <= 2_000; row++) {
      const isChallenger = random.next() < step.weight;
      const hasFailed = random.next() < rate;
      if (isChallenger) challengerRows++;
      if (isChallenger && hasFailed) challengerErrors++;
      if (hasFailed && isChallenger) step.challengerFailures++;
      else if (hasFailed) step.championFailures++;
      if (row % lookRows !== 0) continue;
      const units = { challengerUnits: challengerRows, challengerUnitFailures: challengerErrors };
      const look = judgeLook({ failures, assigned: [], challengerRows, challengerErrors, ...units, rollout: plan });
      if (look.verdict === 'stop') return true;
    }
  }
  return false;
}
