import type { Call } from '../edge/call.ts';
import type { Serving } from '../serving.ts';
import type { Prediction } from './prediction.ts';

/** Tells metrics and the trace who answered, and nothing of what was asked. */
export function notePredictions(
  { metrics }: Pick<Serving, 'metrics'>,
  { span }: Pick<Call, 'span'>,
  model: string,
  predictions: readonly Prediction[],
): void {
  const [first] = predictions;
  if (first === undefined) return;
  if (metrics !== undefined) {
    const isOneArm = predictions.every(({ arm }) => arm === first.arm);
    if (isOneArm) metrics.rows(model, first.arm, predictions.length);
    else for (const { arm } of predictions) metrics.rows(model, arm, 1);
  }
  for (const { arm, answer } of predictions) if (answer === null) metrics?.failed(model, arm, 1);
  span?.set({
    'perennial.model': model,
    'perennial.version': first.version,
    'perennial.arm': first.arm,
    'perennial.rows': predictions.length,
  });
}
