import type { RuleSeverity, UnreadableRule } from '../spec/closed-sets.ts';
import type { Condition } from './condition.ts';

/** A rule about single rows. */
export interface RowRule {
  readonly id: string;
  readonly severity: RuleSeverity;
  /** Share of rows that may break one that rejects; those are set aside. */
  readonly tolerance?: number;
  readonly broken: Condition;
  /** A row that breaks it cannot be typed: it is set aside wherever it comes from. */
  readonly isTyping: boolean;
  readonly about: string;
  /** It asks how a file writes a value: of what came in a request it is not asked. */
  readonly isOfFiles?: boolean;
  /** What to declare where rows that break it are right after all. */
  readonly fix?: string;
}

/** A row that is no row: wrong number of cells, not a JSON object, or one with a key twice. */
export const shapeRule = {
  id: 'row.shape',
  severity: 'quarantine',
  isTyping: true,
  about: 'the row can be read and has one cell per column',
  broken: { test: 'unreadable' },
} as const satisfies RowRule;

/** What a line that the reader sets aside should have been. */
export const unreadableAbout: Record<UnreadableRule, string> = {
  'row.shape': shapeRule.about,
  'row.quote': 'a quote opens and closes a whole cell',
  'row.encoding': 'the row is text of the encoding of its file',
  'row.nul': 'the row has no NUL character',
  'row.length': 'the row is no longer than 16 MiB',
  'row.header': 'the row is no second header line',
};
