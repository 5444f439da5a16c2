import { contractColumns, type ContractColumn } from '../../domain/contract/contract-columns.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { typedCell } from '../read/cells.ts';
import { cellText, isNested } from '../read/read-lossless.ts';
import type { OpenTable } from '../read/table-file.ts';

/** A declared column on its way through the check: text `t<i>`, typed value `v<i>`, nested flag `m<i>`. */
export interface CheckedColumn extends ContractColumn {
  readonly text: string;
  readonly value: string;
  readonly nested: string;
}

export function checkedColumns(spec: RowsSpec): readonly CheckedColumn[] {
  return contractColumns(spec).map((column, index) => ({
    ...column,
    text: `t${index}`,
    value: `v${index}`,
    nested: `m${index}`,
  }));
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
