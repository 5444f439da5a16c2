import type { RowsSpec } from './rows-spec.ts';

/** Every column that a contract rule may speak of. */
export function columnsOf(spec: Pick<RowsSpec, 'features' | 'target' | 'entity' | 'eventTime'>): readonly string[] {
  const names = spec.features.map((feature) => feature.name);
  for (const extra of [spec.target?.column, spec.entity?.column, spec.eventTime?.column]) {
    if (extra !== undefined && !names.includes(extra)) names.push(extra);
  }
  return names;
}
