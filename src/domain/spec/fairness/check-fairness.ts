import { kindOf } from '../../features/kind-of.ts';
import { problemIf, unknownColumn, type SpecProblem } from '../spec-bounds.ts';
import type { FeatureSpec, ModelSpec } from '../spec.ts';
import { featureOf, type GroupingSpec } from './fairness-spec.ts';

/** Problems of declared groups: inputs that are not there, that make no groups, or that are named twice. */
export function checkFairness({ fairness, features }: ModelSpec): SpecProblem[] {
  const names = new Set<string>();
  return (fairness?.groups ?? []).flatMap((grouping, index) => {
    const path = `fairness.groups[${index}]`;
    const name = featureOf(grouping);
    const isTaken = names.has(name);
    names.add(name);
    const feature = features.find((one) => one.name === name);
    const known = features.map((one) => one.name);
    return [
      ...problemIf(isTaken, path, `${name} is named twice`, 'Name each input once.'),
      ...(feature === undefined ? unknownColumn(path, name, known) : checkGrouping(path, grouping, feature)),
    ];
  });
}

function checkGrouping(path: string, grouping: GroupingSpec, { name, kind }: FeatureSpec): SpecProblem[] {
  if (typeof grouping === 'string')
    return problemIf(
      !kindOf(kind).hasGroups,
      path,
      `${name} is a ${kind}: its values do not make groups`,
      `Cut a number: { feature: '${name}', cuts: [30, 50] }.`,
    );
  const { cuts } = grouping;
  return [
    ...problemIf(
      !kindOf(kind).isQuantity,
      `${path}.feature`,
      `${name} is a ${kind}: it cannot be cut`,
      `Name it alone: '${name}'.`,
    ),
    ...problemIf(
      cuts.some((cut, at) => at > 0 && cut <= (cuts[at - 1] ?? Number.NaN)),
      `${path}.cuts`,
      'the cuts do not rise',
      'Write each once, the smallest first.',
    ),
  ];
}
