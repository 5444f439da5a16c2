import { pinnedOf } from '../spec/columns/pins.ts';
import { isAboutView } from '../spec/columns/rule-subject.ts';
import { problemIf, unknownColumn, type SpecProblem } from '../spec/spec-bounds.ts';
import type { ModelSpec } from '../spec/spec.ts';
import { latestOf, type ViewSpec } from './view-spec.ts';

/** Problems of what a model takes from this revision of a view, and of the rules that ask it. */
export function checkPinned(spec: Pick<ModelSpec, 'features' | 'contract'>, view: ViewSpec): SpecProblem[] {
  return [...checkFeatures(spec, view), ...checkReferences(spec, view)];
}

function checkReferences({ contract }: Pick<ModelSpec, 'contract'>, view: ViewSpec): SpecProblem[] {
  return contract.rules.flatMap((rule, index) => {
    if (!isAboutView(rule) || rule.view !== view.name) return [];
    const { id, columns } = rule;
    const path = `contract.rules[${index}]`;
    return [
      ...problemIf(
        columns.length !== view.entity.length,
        `${path}.columns`,
        `a key of view ${view.name} has ${view.entity.length} columns, and rule ${id} names ${columns.length}`,
        `Name the columns for ${view.entity.join(', ')}, in this order.`,
      ),
      // Online an entity whose windows are all empty is forgotten.
      ...problemIf(
        latestOf(view).length === 0,
        `${path}.view`,
        `view ${view.name} has windows alone and keeps no keys, which rule ${id} asks for`,
        'Give the view a feature that is a plain column, or name another view.',
      ),
    ];
  });
}

function checkFeatures(spec: Pick<ModelSpec, 'features'>, view: ViewSpec): SpecProblem[] {
  const names = view.features.map(({ name }) => name);
  return pinnedOf(spec)
    .filter(({ from }) => from.view === view.name)
    .flatMap(({ name, kind, from }) => {
      const path = `features.${name}`;
      const feature = view.features.find((one) => one.name === from.feature);
      if (feature === undefined) return unknownColumn(path, from.feature, names, `feature of view ${view.name} called`);
      return [
        ...problemIf(
          feature.kind !== kind,
          path,
          `${from.feature} of view ${view.name} is a ${feature.kind}, and ${name} a ${kind}`,
          `Declare it by from(${view.name}, ['${from.feature}']).`,
        ),
        ...problemIf(
          from.on.length !== view.entity.length,
          `${path}.from.on`,
          `view ${view.name} is looked up by ${view.entity.length} columns, and ${from.on.length} are named`,
          `Name the columns for ${view.entity.join(', ')}, in this order.`,
        ),
      ];
    });
}
