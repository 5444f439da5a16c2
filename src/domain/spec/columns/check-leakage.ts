import type { ModelSpec } from '../spec.ts';
import type { SpecProblem } from '../spec-bounds.ts';

/** Problems of what may leak: columns that are no feature, and what is let go without a reason. */
export function checkLeakage({ leakage, features }: Pick<ModelSpec, 'leakage' | 'features'>): SpecProblem[] {
  if (leakage === undefined) return [];
  const { allow, reason, action } = leakage;
  const unknown = allow.flatMap((name, index) =>
    name === '_order' || features.some((feature) => feature.name === name)
      ? []
      : [
          {
            path: `leakage.allow[${index}]`,
            message: `${JSON.stringify(name)} is no feature`,
            fix: 'Name a feature of the definition, or "_order" for the order of the rows.',
          },
        ],
  );
  if (reason.trim() !== '' || (allow.length === 0 && action === 'stop')) return unknown;
  const message = 'says nothing: whoever reads the history must know why a suspicion was let go';
  return [...unknown, { path: 'leakage.reason', message, fix: 'Write why the column is known when it is asked for.' }];
}
