import type { TestedArm } from '../../../src/domain/ab-test/declared.ts';
import { harmAlpha, judgeArmHarm } from '../../../src/domain/ab-test/judge-arm-harm.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';

const looks = 40;
const unitsPerLook = 50;
const riskRatioMax = 1.25;

/** Arms that fail as often as the control, or five times as often, looked at 40 times. */
export function abTestHarmFigures(runs: number): readonly Figure[] {
  const stopped = (what: string, rates: readonly number[]): number =>
    Array.from({ length: runs }, (_, run) => isAnyStopped(`${what} ${run}`, rates)).filter(Boolean).length;
  return [
    atMost(
      'ab-test, 4 arms: all fail alike, any stopped for harm',
      stopped('alike', [0.05, 0.05, 0.05, 0.05]),
      runs,
      harmAlpha,
    ),
    atLeast(
      'ab-test, 3 arms: one fails five times as often, stopped for harm',
      stopped('harm', [0.04, 0.04, 0.2]),
      runs,
      0.9,
    ),
  ];
}

function isAnyStopped(seed: string, rates: readonly number[]): boolean {
  const random = createRandom(seed);
  let arms = rates.map((_, at): TestedArm => {
    const name = at === 0 ? 'control' : `v${at}`;
    return { name, version: at + 1, weight: 1, assigned: 0, failures: 0, stoppedSeq: null, why: null };
  });
  for (let look = 0; look < looks; look++) {
    arms = arms.map((arm, at) => {
      let { failures } = arm;
      for (let unit = 0; unit < unitsPerLook; unit++) if (random.next() < (rates[at] ?? 0)) failures += 1;
      return { ...arm, failures };
    });
    if (judgeArmHarm(arms, riskRatioMax).some(({ eValue, boundary }) => eValue >= boundary)) return true;
  }
  return false;
}
