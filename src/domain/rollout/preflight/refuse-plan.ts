import { titleOf } from '../../metrics/metrics.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../../words/say.ts';
import { isAtOnce } from '../judge-failures.ts';
import { leastSpread } from '../sequence-bounds.ts';
import { decidedOn } from './promotion-ahead.ts';
import type { PreflightInput, Told } from './told.ts';
import { sayHours, sayPace } from './say-pace.ts';

/** A rollout must be able to see at least a challenger that fails on this share of its rows. */
const grossHarm = 0.5;

/**
 * One sentence on why this plan could see nothing, with the remedy; null where it can. Nothing is refused that is not
 * known: without traffic, or before labels have come, a rollout begins.
 */
export function refusalOf(input: PreflightInput, told: Told): string | null {
  if (input.traffic.rowsPerHour === 0) return null;
  return ofHarm(input, told) ?? ofLabels(input, told) ?? ofMargin(input, told);
}

/** Nobody is exposed by a plan without a canary, so there is no harm to be seen. */
function ofHarm({ rollout, traffic }: PreflightInput, told: Told): string | null {
  const { harmByDeadline, planRows, planHours } = told;
  if (!isAtOnce(rollout.failures) && traffic.labels === null) return null;
  if (rollout.canary.length === 0 || (harmByDeadline !== null && harmByDeadline <= grossHarm)) return null;
  const doubling = told.forecasts[0];
  const later =
    doubling?.hours == null
      ? ''
      : `, and at ${sayPace(traffic.rowsPerHour)} it sees ${sayNumber(doubling.riskRatio)} times the champion's ` +
        `failures (${sayShare(traffic.failureRate)}) after ${sayHours(doubling.hours)}`;
  const who = traffic.entities === null ? '' : ` of ${sayMany(traffic.entities, 'entity', 'entities')}`;
  return (
    `By its end after ${sayMany(Math.round(planRows), 'row')}${who} (${sayHours(planHours ?? 0)}) this rollout would ` +
    `not see a challenger that fails on every second row${later}: declare longer steps, a longer deadline or a ` +
    'larger share.'
  );
}

function ofLabels({ rollout }: PreflightInput, { promotion, planRows }: Told): string | null {
  const pairs = promotion?.pairsAtDeadline ?? null;
  const { labelledRowsMin } = rollout.promotion;
  if (pairs === null || pairs >= labelledRowsMin) return null;
  return (
    `By its deadline after ${sayMany(Math.round(planRows), 'row')} this rollout has about ` +
    `${sayMany(pairs, 'mature labelled row')} and compares nothing before ${sayCount(labelledRowsMin)}: declare a ` +
    'longer deadline, or fewer labelled rows.'
  );
}

/**
 * Where a person decides at the deadline, what is not proven by then is hers to weigh; and one that was as much better
 * on the test rows as it must be may well be promoted.
 */
function ofMargin({ rollout, compared }: PreflightInput, { promotion }: Told): string | null {
  const { metric, margin } = rollout.promotion;
  const pairs = promotion?.pairsAtDeadline ?? null;
  const least = leastSpread(metric);
  if (pairs === null || least === null || margin === 0 || rollout.atDeadline === 'hold') return null;
  const { betterNeeded } = decidedOn(pairs, rollout, least);
  if (betterNeeded <= Math.max(0, compared?.estimate ?? 0)) return null;
  return (
    `On the ${sayMany(pairs, 'mature labelled row')} by its deadline this rollout cannot prove even equal answers to ` +
    `be within ${sayNumber(margin)} in ${titleOf(metric)}, and would take any challenger out that is not at least ` +
    `${sayNumber(betterNeeded)} better: declare a longer deadline or a wider margin.`
  );
}
