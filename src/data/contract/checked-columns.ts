import { columnsOf } from '../../domain/spec/columns/columns-of.ts';
import { declaredReading } from '../../domain/spec/columns/declared-reading.ts';
import { declaredWords, type DeclaredWords } from '../../domain/spec/declared-words.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { TimeReading } from '../../domain/spec/spec.ts';
import { targetRoles, typedCell } from '../read/cells.ts';
import { cellText, isNested, type CellRole } from '../read/read-lossless.ts';
import type { OpenTable } from '../read/table-file.ts';

/** A declared column on its way through the check: text `t<i>`, typed value `v<i>`, nested flag `m<i>`. */
export interface CheckedColumn {
  readonly name: string;
  readonly role: CellRole;
  readonly declared: DeclaredWords;
  /** How its instants are written. */
  readonly reading: TimeReading;
  readonly text: string;
  readonly value: string;
  readonly nested: string;
}

/** Every declared column once, in signature order; a column with two roles is typed as the feature that it is. */
export function checkedColumns(spec: RowsSpec): readonly CheckedColumn[] {
  return columnsOf(spec).map((name, index) => ({
    name,
    role: roleOf(spec, name),
    declared: declaredWords(spec, name),
    reading: declaredReading(spec, name),
    text: `t${index}`,
    value: `v${index}`,
    nested: `m${index}`,
  }));
}

function roleOf(spec: RowsSpec, name: string): CellRole {
  const feature = spec.features.find((candidate) => candidate.name === name);
  if (feature !== undefined) return feature.kind;
  if (spec.target !== null && name === spec.target.column) return targetRoles[spec.target.task];
  // A pure event time column is ordered by its key and stored as BIGINT, see `write-accepted.ts`.
  return name === spec.entity?.column ? 'key' : 'time';
}

/** Select list that gives `t<i>` and `m<i>` over a table's base. */
export function textList(table: OpenTable, columns: readonly CheckedColumn[]): string {
  return columns
    .map(
      (column) =>
        `${cellText(table, column.name, column.role, column.declared)} AS ${column.text}, ` +
        `${isNested(table, column.name)} AS ${column.nested}`,
    )
    .join(', ');
}

/** Select list that gives `v<i>` over the texts. */
export function valueList(columns: readonly CheckedColumn[]): string {
  return columns
    .map(({ role, text, value, declared: { words }, reading }) => {
      return `${typedCell(role, text, { words, reading })} AS ${value}`;
    })
    .join(', ');
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

export function columnNamed(columns: readonly CheckedColumn[], name: string): CheckedColumn {
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new TypeError(`column ${name} is not declared`);
  return column;
}
