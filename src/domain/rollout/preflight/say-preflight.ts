import { titleOf } from '../../metrics/metrics.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../../words/say.ts';
import type { PreflightInput, Told } from './told.ts';
import { sayHours, sayPace } from './say-pace.ts';

/** What a rollout will take and see, in a few sentences with their numbers. */
export function sayPreflight(input: PreflightInput, told: Told): string {
  return [
    duration(input, told),
    harm(input, told),
    multiplesSeen(told),
    spend(input, told),
    promotion(input, told),
    waiting(input, told),
  ]
    .filter((sentence) => sentence !== null)
    .join(' ');
}

function duration({ rollout, traffic }: PreflightInput, { steps, stepRows }: Told): string {
  const rows = sayMany(Math.round(stepRows), 'row');
  if (traffic.rowsPerHour === 0) return `The steps take ${rows}; no traffic says how long that is.`;
  const each = steps
    .slice(0, rollout.canary.length + 1)
    .map((step) => `${step.name} ${sayHours(step.hours ?? 0)}`)
    .join(', ');
  const time = sayHours(stepRows / traffic.rowsPerHour);
  return `The steps take ${rows} (${time} at ${sayPace(traffic.rowsPerHour)}: ${each}).`;
}

function harm({ rollout, traffic }: PreflightInput, { harmBySteps, harmByDeadline, promotion }: Told): string | null {
  if (rollout.canary.length === 0) return 'No step exposes anybody, so no failures are compared.';
  if (traffic.rowsPerHour === 0) return null;
  const champion = `the champion fails on ${sayShare(traffic.failureRate)}`;
  const fails = rollout.failures.includes('error') ? 'gives no answer to' : 'fails on';
  const say = (least: number | null): string =>
    least === null ? 'not even one that always fails' : `a challenger that ${fails} ${sayShare(least)} of its rows`;
  const deadline = promotion === null ? '' : `, and by the deadline ${say(harmByDeadline)}`;
  return `By then it sees ${say(harmBySteps)}${deadline} (${champion}).`;
}

function multiplesSeen({ forecasts }: Told): string | null {
  const seen = forecasts.filter(({ hours }) => hours !== null);
  if (seen.length === 0) return null;
  const each = seen.map(
    ({ riskRatio, rows, hours }) =>
      `${sayNumber(riskRatio)} times them after ${sayCount(rows ?? 0)} rows (${sayHours(hours ?? 0)})`,
  );
  return `Of the champion's failures it would see ${each.join(', ')}.`;
}

/** The expected cost of harm, beside what the plan allows. */
function spend({ rollout }: PreflightInput, { spend: ahead }: Told): string | null {
  if (rollout.excessFailuresMax === undefined || ahead === null) return null;
  const allowed = `${sayMany(rollout.excessFailuresMax, 'failure')} beyond the champion's`;
  if (ahead.length === 0) return `It may cost ${allowed}; the champion has not failed, so no cost is expected.`;
  const each = ahead.map(
    ({ riskRatio, excessFailures, isStopped }) =>
      `${sayNumber(riskRatio)} times as many cost about ${sayCount(Math.round(excessFailures))} ` +
      (isStopped ? 'until it is stopped' : 'by the deadline'),
  );
  return `It may cost ${allowed}: ${each.join(', ')}.`;
}

function promotion(
  { rollout, traffic, compared }: PreflightInput,
  { promotion: ahead, planRows }: Told,
): string | null {
  if (ahead === null) return 'A person promotes.';
  const { metric, margin } = rollout.promotion;
  const { pairsNeeded, pairsAtDeadline, rows, worseSeen, betterNeeded } = ahead;
  if (pairsAtDeadline === null) return 'When it can be promoted is not known before labels have come.';
  const least = compared === null ? 'at best ' : '';
  const until = (count: number): string =>
    traffic.rowsPerHour === 0 ? '' : ` (${sayHours(count / traffic.rowsPerHour)})`;
  const promoted =
    pairsNeeded === null || rows === null
      ? `One that is as good cannot be proven to be within ${sayNumber(margin)} in ${titleOf(metric)}`
      : `One that is as good is promoted ${least}on ${sayMany(pairsNeeded, 'labelled row')}, after ` +
        `${sayMany(Math.round(rows), 'row')}${until(rows)}`;
  const better =
    betterNeeded === null || betterNeeded === 0
      ? ''
      : `; by the deadline after ${sayMany(Math.round(planRows), 'row')} it must be ${sayNumber(betterNeeded)} better`;
  const worse = worseSeen === null ? '' : `; one that is ${sayNumber(worseSeen)} worse by the deadline is proven to be`;
  return `${promoted}${better}${worse}.`;
}

/** What the steps cost those who are answered by the champion meanwhile. */
function waiting({ rollout }: PreflightInput, { waiting: ahead }: Told): string | null {
  if (ahead === null || ahead.rows === 0) return null;
  const { metric } = rollout.promotion;
  return (
    `Until then the champion answers about ${sayMany(ahead.rows, 'row')}: if the challenger is as much better as on ` +
    `the test rows, each costs ${sayNumber(ahead.costPerRow)} in ${titleOf(metric)}.`
  );
}
