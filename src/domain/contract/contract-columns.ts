import type { CellRole } from '../cells/cell-role.ts';
import { columnsOf } from '../spec/columns/columns-of.ts';
import { columnOf } from '../spec/columns/repaired-column.ts';
import type { DeclaredWords } from '../spec/declared-words.ts';
import type { RowsSpec } from '../spec/columns/rows-spec.ts';
import type { TimeReading } from '../spec/spec.ts';

/** A column that rules speak of. */
export interface ContractColumn {
  readonly name: string;
  readonly role: CellRole;
  readonly declared: DeclaredWords;
  /** How its instants are written. */
  readonly reading: TimeReading;
}

/** Every declared column once, in signature order; a column with two roles is typed as the feature that it is. */
export function contractColumns(spec: RowsSpec): readonly ContractColumn[] {
  return columnsOf(spec).map((name) => ({ name, ...columnOf(spec, name) }));
}

/** The column that is the event time and nothing else; null without one. */
export function bareEventTimeOf({
  eventTime,
  features,
  entity,
}: Pick<RowsSpec, 'eventTime' | 'features' | 'entity'>): string | null {
  if (eventTime === null || eventTime.column === entity?.column) return null;
  return features.some(({ name }) => name === eventTime.column) ? null : eventTime.column;
}

export function columnNamed<Column extends { readonly name: string }>(
  columns: readonly Column[],
  name: string,
): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new TypeError(`column ${name} is not declared`);
  return column;
}
