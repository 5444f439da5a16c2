import type { FeatureKind, TaskName } from '../spec/spec.ts';

/** Role of a column: a feature's kind, or `label` (target) and `key` (entity). */
export type CellRole = FeatureKind | 'label' | 'key';

/** As what the target column is read. */
export const targetRoles: Record<TaskName, CellRole> = { binary: 'label', multiclass: 'label', regression: 'number' };

/** Whether the values of a role are amounts: bounds and signs of comparison mean what they mean of numbers. */
export const isAmount: Readonly<Record<CellRole, boolean>> = {
  number: true,
  category: false,
  boolean: false,
  time: false,
  label: false,
  key: false,
};

/** Whether the values of a role are instants, of which a number may be in any unit. */
export const isInstant: Readonly<Record<CellRole, boolean>> = {
  number: false,
  category: false,
  boolean: false,
  time: true,
  label: false,
  key: false,
};
