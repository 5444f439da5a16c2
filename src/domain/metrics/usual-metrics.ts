import type { TaskName } from '../spec/spec.ts';
import type { RegressionObjective } from '../spec/trainer-spec.ts';
import type { MetricName } from './registry.ts';

export interface UsualMetrics {
  /** What promotions and the gate against the champion rest on: a proper score, so that confidence counts too. */
  readonly loss: MetricName;
  /** What a candidate must beat the prior in. */
  readonly againstPrior: MetricName;
  /** What a short report shows, in this order. */
  readonly shown: readonly MetricName[];
}

/**
 * What each task is judged by where a definition does not say. Binary asks for ranking against the prior (whose AUROC
 * is 0.5) and not for log loss, because under drift an honest improvement on the champion may still lose to the prior
 * there.
 */
export const usualMetrics: Readonly<Record<TaskName, UsualMetrics>> = {
  binary: { loss: 'logLoss', againstPrior: 'auroc', shown: ['accuracy', 'auroc', 'logLoss'] },
  multiclass: { loss: 'logLoss', againstPrior: 'logLoss', shown: ['accuracy', 'logLoss'] },
  regression: { loss: 'rmse', againstPrior: 'rmse', shown: ['rmse', 'mae'] },
};

/** The losses that some task promotes by, each once. */
export const usualLosses: readonly MetricName[] = [...new Set(Object.values(usualMetrics).map(({ loss }) => loss))];

/** What a trainer that minimises something else of a value is judged by instead: medians are not the best means. */
const byObjective: Readonly<Record<RegressionObjective, Partial<UsualMetrics>>> = {
  absolute: { loss: 'mae', againstPrior: 'mae' },
  huber: { loss: 'mae', againstPrior: 'mae' },
  poisson: {},
  quantile: { loss: 'pinball', againstPrior: 'pinball' },
};

/** What is usual for a task that is fitted by an objective; absent: its own. */
export function usualMetricsFor(task: TaskName, objective?: RegressionObjective): UsualMetrics {
  return objective === undefined ? usualMetrics[task] : { ...usualMetrics[task], ...byObjective[objective] };
}
