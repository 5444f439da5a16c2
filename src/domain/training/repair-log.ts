import { sayCount } from '../words/say.ts';
import type { RepairCount, RepairReport } from './snapshot.ts';

/** Repaired cells, and rows that were taken out, that a snapshot logs one by one; the counts know of all of them. */
export const repairLogMax = 100_000;

/** `trim name: 312 cells`. */
export function sayRepair({ repair, columns, of, count }: RepairCount): string {
  return `${repair} ${columns.join(' and ')}: ${sayCount(count)} ${count === 1 ? of.slice(0, -1) : of}`;
}

/** What repairs did, in their order; those that did nothing are left out. Empty where none did anything. */
export function sayRepairs({ counts }: Pick<RepairReport, 'counts'>): string {
  return counts
    .filter(({ count }) => count > 0)
    .map(sayRepair)
    .join(', ');
}
