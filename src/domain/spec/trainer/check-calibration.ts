import { taskOf } from '../../tasks/task-of.ts';
import type { ModelSpec } from '../spec.ts';
import { problemIf, type SpecProblem } from '../spec-bounds.ts';

/** Problems of a calibration with the target and the split of its definition. */
export function checkCalibration({ trainer, target, split }: ModelSpec): SpecProblem[] {
  const calibration = 'calibration' in trainer ? trainer.calibration : undefined;
  if (calibration === undefined) return [];
  const path = 'trainer.calibration';
  const { hasClasses, hasPositive } = taskOf(target.task);
  return [
    ...problemIf(!hasClasses, path, 'the target is a value, and values are no probabilities', 'Leave it out.'),
    ...problemIf(
      hasClasses && !hasPositive && calibration === 'platt',
      path,
      'platt is a line over the log-odds of two classes, and the target has more',
      "Use 'temperature' or 'isotonic'.",
    ),
    ...problemIf(
      split.blocks !== undefined,
      path,
      'a split by blocks leaves no validation rows to calibrate by',
      'Leave it out, or split by time.',
    ),
  ];
}
