import { defaultContract } from '../../src/domain/spec/default-spec.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';

/** A view of cardholders, with one feature of the latest row and one of a window. */
export function viewOf(name: string, changes: Partial<ViewSpec> = {}): ViewSpec {
  return {
    formatVersion: 1,
    name,
    owner: 'risk',
    entity: ['card'],
    eventTime: { column: 'at' },
    availableTime: null,
    rowId: null,
    features: [
      { name: 'age', kind: 'number' },
      { name: 'spend7d', kind: 'number', aggregate: 'sum', column: 'amount', over: null, windowMs: 7 * 86_400_000 },
    ],
    ttlMs: null,
    contract: defaultContract,
    source: { kind: 'file', path: 'view.csv', format: 'csv' },
    ...changes,
  };
}
