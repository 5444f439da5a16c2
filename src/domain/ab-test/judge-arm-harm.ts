import { logEValue } from '../../statistics/sequential/e-process.ts';
import { sayCount, sayMany, sayNumber } from '../words/say.ts';
import type { ArmHarm, TestedArm } from './declared.ts';

/**
 * Probability that any arm which fails no more than `riskRatioMax` times as often as the control is ever stopped, over
 * all arms and looks. Besides the error of the comparison.
 */
export const harmAlpha = 0.05;

/**
 * Whether an arm fails more often than the control: one e-process per arm over entities' first failures, each for an
 * equal share of `harmAlpha`. It may be looked at as often as one likes. Arms that were stopped are not judged again.
 */
export function judgeArmHarm(arms: readonly TestedArm[], riskRatioMax: number): readonly ArmHarm[] {
  const [control, ...others] = arms;
  if (control === undefined) return [];
  const boundary = others.length / harmAlpha;
  return others
    .filter(({ stoppedSeq }) => stoppedSeq === null)
    .map((arm) => {
      const weight = arm.weight / (arm.weight + control.weight);
      const counts = { weight, championFailures: control.failures, challengerFailures: arm.failures };
      return { arm: arm.name, eValue: Math.exp(Math.min(700, logEValue([counts], riskRatioMax))), boundary };
    });
}

/** `v3 failed first for 12 entities, the control for 1; evidence of more than … is 31 (stops at 40)`. */
export function sayArmHarm(
  arms: readonly TestedArm[],
  { arm, eValue, boundary }: ArmHarm,
  riskRatioMax: number,
): string {
  const failuresOf = (name: string): number => arms.find((one) => one.name === name)?.failures ?? 0;
  const control = arms[0]?.failures ?? 0;
  return (
    `${sayMany(failuresOf(arm), 'entity', 'entities')} of ${arm} had a row that failed, ${sayCount(control)} of the ` +
    `control; evidence of more than ${sayNumber(riskRatioMax)} times the failures is ${sayNumber(eValue)} ` +
    `(an arm is stopped at ${sayNumber(boundary)})`
  );
}
