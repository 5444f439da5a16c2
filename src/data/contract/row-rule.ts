import type { RuleSeverity } from '../../domain/spec/closed-sets.ts';

/** A rule about single rows; `broken` is SQL over the texts and values, NULL counts as kept. */
export interface RowRule {
  readonly id: string;
  readonly severity: RuleSeverity;
  readonly broken: string;
  /** A row that breaks it cannot be typed: it is set aside wherever it comes from. */
  readonly isTyping: boolean;
  readonly about: string;
  /** It asks how a file writes a value: of what came in a request it is not asked. */
  readonly isOfFiles?: boolean;
  /** What to declare where rows that break it are right after all. */
  readonly fix?: string;
}

/** A row that is no row: wrong number of cells, not a JSON object, not UTF-8. */
export const shapeRule = {
  id: 'row.shape',
  severity: 'quarantine',
  isTyping: true,
  about: 'the row can be read and has one cell per column',
} as const;
