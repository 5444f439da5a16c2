import { columnsRead } from '../../features/expressions/expression.ts';
import { kindOfExpression } from '../../features/expressions/kind-of-expression.ts';
import { kindOf } from '../../features/kind-of.ts';
import { problemIf, type SpecProblem } from '../spec-bounds.ts';
import type { DerivedSpec, ModelSpec } from '../spec.ts';
import { featureOf } from '../fairness/fairness-spec.ts';
import { isSameColumn, misnomerOf, nameFix } from './column-name.ts';

/** More than these are nobody's idea of a feature each, and every row pays for them. */
export const derivedMax = 200;

/** Problems of derived features, and of inputs that are declared for them alone. */
export function checkDerived(spec: ModelSpec): SpecProblem[] {
  const derived = spec.derived ?? [];
  const inputs = new Map(spec.features.map(({ name, kind }) => [name, kind]));
  return [
    ...derived.flatMap((one, index) => [
      ...checkName(spec, one, index, derived),
      ...checkExpression(one, `derived[${index}].expression`, inputs),
    ]),
    ...checkUses(spec, derived),
    ...problemIf(
      derived.length === 0 && spec.features.length > 0 && spec.features.every(({ use }) => use !== undefined),
      'features',
      'every input is for derived features, and there is none: the model would see nothing',
      "Leave `use: 'derived'` out, or add a derived feature.",
    ),
  ];
}

function checkName(
  spec: ModelSpec,
  { name }: DerivedSpec,
  index: number,
  derived: readonly DerivedSpec[],
): SpecProblem[] {
  const path = `derived[${index}].name`;
  const misnomer = misnomerOf(name);
  const roles = [spec.target.column, spec.entity?.column, spec.eventTime?.column].filter((role) => role !== undefined);
  const others = [...spec.features.map((feature) => feature.name), ...roles];
  const twin =
    others.find((other) => isSameColumn(other, name)) ??
    derived.slice(0, index).find((other) => isSameColumn(other.name, name))?.name;
  return [
    ...problemIf(misnomer !== null, path, `${JSON.stringify(name)} cannot be a feature: it ${misnomer}`, nameFix),
    ...problemIf(
      twin !== undefined,
      path,
      `derived feature ${name} has the name of another column (${twin}; case does not count)`,
      'Rename it.',
    ),
  ];
}

function checkExpression(
  { name, expression }: DerivedSpec,
  path: string,
  inputs: Parameters<typeof kindOfExpression>[1],
): SpecProblem[] {
  const found = kindOfExpression(expression, inputs);
  if (!('kind' in found)) return [{ path, message: `derived feature ${name}: ${found.message}`, fix: found.fix }];
  return problemIf(
    // The clock and the calendar of a time are features; the time itself is new in every row.
    !kindOf(found.kind).canDrift,
    path,
    `derived feature ${name} is a time`,
    'Take what of it matters: hour(...), weekday(...), month(...) or age(...).',
  );
}

/** An input that is declared for derived features and read by none would be asked of every caller for nothing. */
function checkUses({ features, trainer, fairness }: ModelSpec, derived: readonly DerivedSpec[]): SpecProblem[] {
  const weights = 'weightColumn' in trainer && trainer.weightColumn !== undefined ? [trainer.weightColumn] : [];
  const groups = (fairness?.groups ?? []).map(featureOf);
  const read = new Set([...derived.flatMap(({ expression }) => columnsRead(expression)), ...weights, ...groups]);
  return features.flatMap(({ name, use }, index) =>
    problemIf(
      use !== undefined && derived.length > 0 && !read.has(name),
      `features[${index}].use`,
      `${name} is for derived features alone, and none reads it`,
      "Leave `use: 'derived'` out, or remove the input.",
    ),
  );
}
