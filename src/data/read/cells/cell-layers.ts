import type { CellRole } from '../../../domain/cells/cell-role.ts';
import type { DeclaredWords } from '../../../domain/spec/declared-words.ts';
import type { TimeReading } from '../../../domain/spec/spec.ts';

/** A declared column of a table. */
export interface CellColumn {
  readonly name: string;
  readonly role: CellRole;
  readonly declared: DeclaredWords;
  readonly reading: TimeReading;
}

/** The SQL of one column on its way from a table to a typed value, in three layers of one SELECT. */
export interface CellSql {
  /** Items of the innermost layer, over `baseOf`. */
  readonly base: readonly string[];
  /** Items of the middle layer: what the outer one asks for more than once and is not to be worked out twice. */
  readonly cast: readonly string[];
  /** Over both: its text, whether there is none, whether it is a list or an object, and its typed value. */
  readonly text: string;
  readonly missing: string;
  readonly nested: string;
  readonly value: string;
  /** Over both: what its text looks like, where that is asked of a time. */
  readonly localDate: string;
  readonly plainNumber: string;
  /** Over both: true where its text is one of its declared words, asked before; null where that is not asked. */
  readonly known: string | null;
  /** Over both: a DOUBLE as its value where there is one, and infinite or no number otherwise; null: there is none. */
  readonly comparable: string | null;
  /** Over both: what orders rows, as a DOUBLE, and whether that is epoch milliseconds whatever the others are. */
  readonly key: string;
  readonly instant: string;
}
