import type { TestScores } from '../../src/data/snapshot/read-test-scores.ts';
import { gatedSlices } from '../../src/domain/spec/gates/declared-slices.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { SliceRows } from '../../src/domain/training/gate-check.ts';

/** Which test rows are in which slice, as the trainer wrote it down; null where it did not. */
export function sliceRows(spec: ModelSpec, { slices }: TestScores): readonly SliceRows[] | null {
  if (slices === null) return null;
  return gatedSlices(spec).map(({ name, under }, k) => ({
    name,
    under,
    rows: slices.flatMap((cells, row) => (cells[k] === 1 ? [row] : [])),
  }));
}
