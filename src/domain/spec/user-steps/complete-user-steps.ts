import { stepPoints, type StepPoint } from '../closed-sets.ts';
import type { UserStepInput, UserStepsInput, UserStepSpec, UserStepsSpec } from './user-step-spec.ts';
import { failureActions } from './failure-actions.ts';

/** Of what a definition leaves out of a step; `onFailure` is what is usual at its point. */
export const defaultUserStep = {
  timeoutMs: 600_000,
  waitMs: 3_600_000,
  attemptsMax: 3,
  settings: {},
} as const satisfies Partial<UserStepSpec>;

/** Fills in what is usual. Undefined where no point has a step, so that a definition without any keeps its digest. */
export function completeUserSteps(input: UserStepsInput | undefined): UserStepsSpec | undefined {
  if (input === undefined) return undefined;
  // A member that is no point stays, so that the schema refuses it by name.
  const others = Object.entries(input).filter(([name]) => !stepPoints.some((point) => point === name));
  const points = stepPoints.flatMap((point): [string, readonly UserStepSpec[]][] => {
    const steps = input[point] ?? [];
    return steps.length === 0 ? [] : [[point, steps.map((step) => completeStep(point, step))]];
  });
  const all = [...points, ...others];
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

function completeStep(point: StepPoint, step: UserStepInput): UserStepSpec {
  return { ...defaultUserStep, onFailure: failureActions[point].actions[0], ...step };
}
