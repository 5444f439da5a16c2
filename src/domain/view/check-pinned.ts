import { pinnedOf } from '../spec/columns/pins.ts';
import { problemIf, unknownColumn, type SpecProblem } from '../spec/spec-bounds.ts';
import type { ModelSpec } from '../spec/spec.ts';
import type { ViewSpec } from './view-spec.ts';

/** Problems of the features that a model takes from this revision of a view. */
export function checkPinned(spec: Pick<ModelSpec, 'features'>, view: ViewSpec): SpecProblem[] {
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
