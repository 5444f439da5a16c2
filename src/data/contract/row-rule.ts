import type { RuleSeverity } from '../../domain/spec/closed-sets.ts';

/** A rule about single rows; `broken` is SQL over the texts and values, NULL counts as kept. */
export interface RowRule {
  readonly id: string;
  readonly severity: RuleSeverity;
  readonly broken: string;
  readonly about: string;
}

/** A row that is no row: wrong number of cells, not a JSON object, not UTF-8. */
export const shapeRule = {
  id: 'row.shape',
  severity: 'quarantine',
  about: 'the row can be read and has one cell per column',
} as const;
