import { kindOf, valuesOf } from '../../features/kind-of.ts';
import { problemIf, unknownColumn, type SpecProblem } from '../spec-bounds.ts';
import type { FeatureSpec, ModelSpec, SliceSpec } from '../spec.ts';

/** Problems of the parts of the rows that are judged apart. */
export function checkSlices(spec: ModelSpec): SpecProblem[] {
  const names = new Set<string>();
  return spec.slices.flatMap((slice, index) => {
    const path = `slices[${index}]`;
    const name = typeof slice === 'string' ? slice : slice.name;
    const isTaken = names.has(name);
    names.add(name);
    return [
      ...problemIf(isTaken, path, `two slices are called ${name}`, 'Give each slice a name of its own.'),
      ...(typeof slice === 'string' ? checkColumn(path, slice, spec) : checkPart(path, slice, spec)),
    ];
  });
}

function checkColumn(path: string, name: string, spec: ModelSpec): SpecProblem[] {
  const feature = featureOf(name, spec);
  if (feature === undefined) return unknownFeature(path, name, spec);
  return checkGroups(path, feature, 'Slice by a category or boolean feature, or name a range of the number.');
}

function checkPart(path: string, slice: SliceSpec, spec: ModelSpec): SpecProblem[] {
  const feature = featureOf(slice.feature, spec);
  if (feature === undefined) return unknownFeature(`${path}.feature`, slice.feature, spec);
  return 'is' in slice ? checkValue(path, slice.is, feature) : checkRange(path, slice, feature);
}

function checkValue(path: string, is: string | boolean, feature: FeatureSpec): SpecProblem[] {
  const { constant } = kindOf(feature.kind);
  const closed = valuesOf(feature);
  return [
    ...checkGroups(path, feature, 'Use `from` and `below` for a number.'),
    ...problemIf(
      kindOf(feature.kind).hasGroups && typeof is !== constant.type,
      `${path}.is`,
      `${feature.name} is never ${JSON.stringify(is)}`,
      constant.fix,
    ),
    ...problemIf(
      closed !== null && typeof is === 'string' && !closed.includes(is),
      `${path}.is`,
      `${feature.name} does not allow ${JSON.stringify(is)}`,
      'Use one of its declared values.',
    ),
  ];
}

function checkRange(path: string, slice: Exclude<SliceSpec, { readonly is: unknown }>, feature: FeatureSpec) {
  const { from, below } = slice;
  return [
    ...problemIf(
      !kindOf(feature.kind).isQuantity,
      `${path}.feature`,
      `${feature.name} is a ${feature.kind}: it has no ranges`,
      'Name one of its values under `is`.',
    ),
    ...problemIf(from === undefined && below === undefined, path, 'it holds every row', 'Add `from` or `below`.'),
    ...problemIf(
      from !== undefined && below !== undefined && from >= below,
      path,
      `no number lies from ${from} and below ${below}`,
      'Let `from` be smaller than `below`.',
    ),
  ];
}

function checkGroups(path: string, feature: FeatureSpec, fix: string): SpecProblem[] {
  const message = `${feature.name} is a ${feature.kind}: its values do not make groups`;
  return problemIf(!kindOf(feature.kind).hasGroups, path, message, fix);
}

function featureOf(name: string, { features }: ModelSpec): FeatureSpec | undefined {
  return features.find((candidate) => candidate.name === name);
}

function unknownFeature(path: string, name: string, { features }: ModelSpec): SpecProblem[] {
  return unknownColumn(
    path,
    name,
    features.map((candidate) => candidate.name),
  );
}
