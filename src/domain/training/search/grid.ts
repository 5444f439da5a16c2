import type { SearchedValue } from '../../spec/search/distribution.ts';
import { familiesOf } from '../../spec/search/searched-families.ts';
import type { SearchSpec } from '../../spec/trainer-spec.ts';
import type { Point } from './trial.ts';

/** All values of all families, one after the other: the last setting changes first. */
export function gridPoint(search: SearchSpec, number: number): Point | null {
  let at = number - 1;
  for (const { family, searched } of familiesOf(search)) {
    const axes = Object.entries(searched).map(([name, each]) => ({
      name,
      values: each.of === 'oneOf' ? each.values : [each.low],
    }));
    const size = axes.reduce((product, { values }) => product * values.length, 1);
    if (at < size) return { family, values: pointAt(axes, at) };
    at -= size;
  }
  return null;
}

interface Axis {
  readonly name: string;
  readonly values: readonly SearchedValue[];
}

function pointAt(axes: readonly Axis[], at: number): Point['values'] {
  let rest = at;
  const chosen = axes.toReversed().map(({ name, values }): [string, SearchedValue] => {
    const value = values[rest % values.length] ?? 0;
    rest = Math.floor(rest / values.length);
    return [name, value];
  });
  return Object.fromEntries(chosen.toReversed());
}
