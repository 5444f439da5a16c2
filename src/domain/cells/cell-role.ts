import type { FeatureKind, TaskName } from '../spec/spec.ts';

/** Role of a column: a feature's kind, or `label` (target) and `key` (entity). */
export type CellRole = FeatureKind | 'label' | 'key';

/** As what the target column is read. */
export const targetRoles: Record<TaskName, CellRole> = { binary: 'label', multiclass: 'label', regression: 'number' };
