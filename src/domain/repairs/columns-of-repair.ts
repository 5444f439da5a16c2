import type { RepairSpec } from '../spec/parts/repair-spec.ts';

/** The columns that a repair changes, or by which it takes rows out. */
export function columnsOfRepair(repair: RepairSpec): readonly string[] {
  return repair.repair === 'dedupe' ? repair.by : [repair.column];
}
