import { sayChoice, sayMany, sayNumber, sayShare } from '../words/say.ts';
import { sayDifference } from '../training/say-check.ts';
import type { ArmJudgement, AbTestJudgement, AbTestPlan } from './ab-test.ts';

type Said = Omit<AbTestJudgement, 'text'>;

/** One paragraph: what each arm showed, what follows from it, and how often that is wrong. */
export function sayAbTest(plan: AbTestPlan, judged: Said, rivals: readonly string[]): string {
  if (judged.verdict === 'broken-assignment') return sayBroken(judged);
  const compared = judged.arms.filter(({ difference }) => difference !== null);
  if (compared.length === 0) return sayWaiting(plan, judged);
  const cut = Math.max(...compared.map(({ varianceCut }) => varianceCut ?? 0));
  const figures = compared.map((arm) => sayArm(arm, judged.control.arm)).join(' ');
  const adjusted = cut < 0.01 ? '' : ` The covariate took away up to ${sayShare(cut)} of the variance.`;
  return `${plan.metric}: ${figures} ${sayVerdict(plan, judged, rivals)}${adjusted} ${sayError(plan)}`;
}

function sayArm({ arm, units, difference, lower, upper }: ArmJudgement, control: string): string {
  return (
    `"${arm}" is ${sayDifference(difference ?? 0)} than "${control}" on ${sayMany(units, 'unit')} ` +
    `(between ${sayDifference(lower ?? 0)} and ${sayDifference(upper ?? 0)}).`
  ).replace('equal than', 'equal to');
}

function sayVerdict(plan: AbTestPlan, { verdict, winner, control, arms }: Said, rivals: readonly string[]): string {
  const least = sayNumber(plan.effectMin);
  if (verdict === 'winner' && winner === control.arm)
    return `"${winner}" wins: no arm is better than it by ${least} or more, and at least one is worse.`;
  if (verdict === 'winner') {
    const others = arms.length === 1 ? '' : sayRivals(rivals, least);
    return `"${winner}" wins: it is better than "${control.arm}"${others}.`;
  }
  if (verdict === 'no-difference') return `No arm differs from "${control.arm}" by ${least} or more.`;
  if (verdict === 'undecided') return `It has ended and is not decided: there were too few units for ${least}.`;
  const better = arms.filter((arm) => arm.verdict === 'better').map(({ arm }) => `"${arm}"`);
  if (better.length === 0) return 'Not decided yet.';
  const which = better.length === 1 ? `${better.join('')} is` : `${better.join(' and ')} are`;
  return `${which} better than "${control.arm}"; whether ${quoted(rivals)} is better still is not decided yet.`;
}

function sayRivals(rivals: readonly string[], least: string): string {
  if (rivals.length === 0) return `, and no arm is better than it by ${least} or more`;
  return `, with the largest difference; that it is better than ${quoted(rivals)} is not claimed`;
}

function quoted(arms: readonly string[]): string {
  return sayChoice(arms.map((arm) => `"${arm}"`));
}

function sayError({ alpha, horizon, bounds: [lowest, highest] }: AbTestPlan): string {
  const what = 'an arm that is not better is called better, or one that is not worse is called worse, over all arms';
  if (horizon.kind === 'fixed')
    return `In about ${sayShare(alpha)} of such A/B tests at most ${what}, at this one look.`;
  return (
    `In at most ${sayShare(alpha)} of such A/B tests ${what} and all looks, for outcomes between ` +
    `${sayNumber(lowest)} and ${sayNumber(highest)}.`
  );
}

function sayWaiting({ metric, horizon }: AbTestPlan, { progress, verdict }: Said): string {
  if (verdict !== 'running') return `${metric}: it has ended and is not decided: an arm has no units to compare.`;
  if (horizon.kind === 'fixed')
    return (
      `${metric}: ${sayShare(progress)} of the units are in; there is one look, when every arm has ` +
      `${sayMany(horizon.unitsPerArm, 'unit')}, and nothing is compared before it.`
    );
  return `${metric}: not every arm has units yet.`;
}

function sayBroken({ assignmentEValue }: Said): string {
  return (
    `Units, or their outcomes, do not come in the shares of the weights (e-value ${sayNumber(assignmentEValue)}): ` +
    'arms are not chosen by chance alone, or outcomes go missing depending on the arm. ' +
    'Nothing can be said of the arms. ' +
    'In at most 0.1 % of sound A/B tests this is said at all.'
  );
}
