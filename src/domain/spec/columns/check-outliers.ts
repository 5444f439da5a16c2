import { kindOfExpression } from '../../features/expressions/kind-of-expression.ts';
import { kindOf } from '../../features/kind-of.ts';
import type { ModelSpec } from '../spec.ts';
import type { SpecProblem } from '../spec-bounds.ts';
import { isExternal, isTrainable } from '../trainer-spec.ts';

type Asked = Pick<ModelSpec, 'outliers' | 'features' | 'derived' | 'trainer'>;

/** Problems of what is done about outliers. */
export function checkOutliers(spec: Asked): SpecProblem[] {
  const { outliers } = spec;
  if (outliers === undefined) return [];
  if (!isTrainable(spec.trainer))
    return [{ path: 'outliers', message: 'cannot be learnt for a model that came as a file', fix: 'Take it out.' }];
  if (isExternal(spec.trainer))
    return [
      {
        path: 'outliers',
        message: 'are for the program itself to treat: its file is served as it made it',
        fix: 'Take them out, and let the program limit its numbers.',
      },
    ];
  const numbers = numbersOf(spec);
  const seen = new Set<string>();
  return outliers.flatMap(({ quantiles: [low, high], features }, index) => {
    const path = `outliers[${index}]`;
    const problems: SpecProblem[] = [];
    if (!(low < high))
      problems.push({
        path: `${path}.quantiles`,
        message: 'leave nothing between them',
        fix: 'Put the lower one first.',
      });
    for (const [at, name] of (features ?? ['']).entries()) {
      const where = features === undefined ? path : `${path}.features[${at}]`;
      const what = name === '' ? 'every other number' : JSON.stringify(name);
      if (name !== '' && !numbers.has(name))
        problems.push({ path: where, message: `${what} is no number feature`, fix: 'Name one of the definition.' });
      if (seen.has(name))
        problems.push({ path: where, message: `${what} is named twice`, fix: 'Say once what is done about it.' });
      seen.add(name);
    }
    return problems;
  });
}

/** What the model sees as a number. A derived feature without a kind has a problem of its own, and is none here. */
function numbersOf({ features, derived = [] }: Asked): ReadonlySet<string> {
  const inputs = new Map(features.map(({ name, kind }) => [name, kind]));
  const own = features.filter(({ use, kind }) => use === undefined && kindOf(kind).isQuantity);
  const computed = derived.filter(({ expression }) => {
    const found = kindOfExpression(expression, inputs);
    return !('kind' in found) || kindOf(found.kind).isQuantity;
  });
  return new Set([...own, ...computed].map(({ name }) => name));
}
