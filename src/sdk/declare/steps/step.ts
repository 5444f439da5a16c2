import type { UserStepInput, UserStepsInput } from '../../../domain/spec/user-steps/user-step-spec.ts';
import { listed, refuseUndeclared, written } from '../written.ts';

/**
 * An activity of your own, asked at a point of `steps` by its name on a queue that a worker of yours serves. What is
 * left out has the platform's defaults (docs/steps.md).
 */
export function step(name: string, options: Omit<UserStepInput, 'name'>): UserStepInput {
  return { ...written(options, `step('${name}')`), name };
}

/** The steps of each point as they are written. Throws invalid_spec for what no word made. */
export function stepsOf(steps: UserStepsInput): UserStepsInput {
  return Object.fromEntries(
    Object.entries(steps)
      .filter(([, asked]) => asked !== undefined)
      .map(([point, asked]) => {
        const all = listed(asked, `steps.${point}`);
        for (const [index, one] of all.entries())
          refuseUndeclared(one, `steps.${point}[${index}]`, 'queue', "step('name', { queue: '…' })");
        return [point, all];
      }),
  );
}
