import type { TaskName } from '../../../../domain/spec/spec.ts';
import type { RegressionObjective } from '../../../../domain/spec/trainer-spec.ts';
import type { LossSettings } from '../../numeric/regression-loss.ts';
import { absolute } from './absolute.ts';
import { logistic, softmax } from './classes.ts';
import { huberWith } from './huber.ts';
import type { ObjectiveOf } from './objective.ts';
import { poisson } from './poisson.ts';
import { quantileWith } from './quantile.ts';
import { squared } from './squared.ts';

/** What boosting minimises where a definition does not say. */
const usual: Record<TaskName, ObjectiveOf> = { binary: logistic, multiclass: softmax, regression: squared };

/** What a definition may name instead, of a value. */
const named: Record<RegressionObjective, (settings: LossSettings) => ObjectiveOf> = {
  absolute: () => absolute,
  huber: ({ huberDelta = 1 }) => huberWith(huberDelta),
  poisson: () => poisson,
  quantile: ({ quantile = 0.5 }) => quantileWith(quantile),
};

/** What boosting minimises, by what is predicted and what is declared. */
export function objectiveOf(task: TaskName, settings: LossSettings): ObjectiveOf {
  return settings.objective === undefined ? usual[task] : named[settings.objective](settings);
}
