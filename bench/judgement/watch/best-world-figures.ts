import { autoregressive, driftWatch, independent, type Walk } from '../../../tests/worlds/drift-world.ts';
import { slowDrift } from '../../../tests/worlds/slow-drift-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';

const trainings = 5;

/** A drift that each training takes in: the champion's own reference is silent, that of the best is not. */
export function bestWorldFigures(windows: number): readonly Figure[] {
  const played = (walk: Walk, name: string, perTraining: number) =>
    Array.from({ length: windows }, (_, window) => slowDrift(walk, `${name} ${window}`, trainings, perTraining));
  const named = (found: ReturnType<typeof played>): number =>
    found.filter(({ best }) => best.verdict === 'moved').length;
  const rate = driftWatch.falseAlarmRate;
  const slow = played(independent, 'slow', 0.15);
  const slowAlarms = slow.filter(({ own }) => own() === 'drift').length;
  const first = slow.filter(({ best }) => best.verdict === 'moved' && best.features[0]?.name === 'f0').length;
  return [
    atMost(
      'best world, independent rows as they were: features named',
      named(played(independent, 'i', 0)),
      windows,
      rate,
    ),
    atMost('best world, AR 0.9 as it was: features named', named(played(autoregressive(0.9), 'a', 0)), windows, rate),
    atMost('best world, 0.15 sd in each of 5 trainings: alarms of the own reference', slowAlarms, windows, rate),
    atLeast('the same: the feature is named first beside the best', first, windows, 0.95),
  ];
}
