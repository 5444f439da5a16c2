import type { StepPoint } from '../closed-sets.ts';
import type { UserStepsSpec } from './user-step-spec.ts';

/** Points of a training: a model that came as a file has none. */
export const trainingPoints = ['afterIngest', 'beforeTrain', 'evaluate'] as const satisfies readonly StepPoint[];
export const rolloutPoints = ['beforePromotion', 'afterPromotion'] as const satisfies readonly StepPoint[];

/** Those of the points that have steps: a run is started with them, so that one without any asks nothing. */
export function pointsOf(steps: UserStepsSpec | undefined, points: readonly StepPoint[]): readonly StepPoint[] {
  return points.filter((point) => (steps?.[point] ?? []).length > 0);
}
