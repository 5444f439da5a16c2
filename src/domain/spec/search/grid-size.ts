import type { SearchSpec } from '../trainer-spec.ts';
import { familiesOf } from './searched-families.ts';

/** How many settings a grid has, of all families together. Ranges count as one value. */
export function gridSizeOf(trainer: Pick<SearchSpec, 'families'>): number {
  return familiesOf(trainer).reduce(
    (sum, { searched }) =>
      sum + Object.values(searched).reduce((size, each) => size * (each.of === 'oneOf' ? each.values.length : 1), 1),
    0,
  );
}
