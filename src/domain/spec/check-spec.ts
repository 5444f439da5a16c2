import { checkColumns } from './check-columns.ts';
import { checkFallback } from './check-fallback.ts';
import { checkLeakage } from './columns/check-leakage.ts';
import { checkOutliers } from './columns/check-outliers.ts';
import { checkPlan } from './check-plan.ts';
import { checkSource } from './source/check-source.ts';
import { checkUserSteps } from './user-steps/check-user-steps.ts';
import type { ModelSpec } from './spec.ts';
import type { SpecProblem } from './spec-bounds.ts';

/** `fraud` or `payments.fraud`; each part 1..63 characters. */
export const modelNamePattern = /^[a-z][a-z0-9_-]{0,62}(\.[a-z][a-z0-9_-]{0,62})?$/;

/** All semantic problems of a spec whose shape is right; an empty list means that it can be applied. */
export function checkSpec(spec: ModelSpec): SpecProblem[] {
  return [
    ...checkName(spec),
    ...checkColumns(spec),
    ...checkSource(spec),
    ...checkPlan(spec),
    ...checkFallback(spec),
    ...checkLeakage(spec),
    ...checkOutliers(spec),
    ...checkUserSteps(spec),
  ];
}

function checkName(spec: ModelSpec): SpecProblem[] {
  if (modelNamePattern.test(spec.name)) return [];
  return [
    {
      path: 'name',
      message: `${JSON.stringify(spec.name)} is not a model name`,
      fix:
        'Use lower-case letters, digits, - and _, starting with a letter, ' +
        'with at most one dot between team and model (payments.fraud).',
    },
  ];
}
