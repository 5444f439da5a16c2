import { isText } from '../../domain/features/kind-of.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { RuleCount } from '../../domain/training/snapshot.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { OpenTable } from '../read/table-file.ts';
import type { CheckedRows } from './check-rows.ts';
import { epochRuleId } from './time-rules.ts';

/** What a file does otherwise than the definition says, and that keeps no row out: it is counted as a warning. */
export function notedChanges(table: OpenTable, spec: RowsSpec, checked: CheckedRows): RuleCount[] {
  return [...typeChanges(table, spec, checked.readable), ...epochFound(spec, checked)];
}

/** DuckDB's types that hold text; a column of nulls arrives as INTEGER, whatever it was when it held something. */
const textTypes = /^(VARCHAR|ENUM|UUID|JSON|BLOB)/;
const nestedTypes = /STRUCT|MAP|\[|UNION/;

/** A text column of a Parquet file that is a number today was exported by something that changed its mind. */
function typeChanges(table: OpenTable, { features }: RowsSpec, rows: number): RuleCount[] {
  if (table.format !== 'parquet') return [];
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  const changed = features.filter(isText).flatMap(({ name }) => {
    const type = types.get(name) ?? 'VARCHAR';
    return textTypes.test(type) || nestedTypes.test(type)
      ? []
      : [`${name} is declared as text and is ${type} in the file`];
  });
  if (changed.length === 0) return [];
  return [{ ruleId: 'column.type', severity: 'warn', rows, line: null, about: changed.join('; ') }];
}

function epochFound({ eventTime }: RowsSpec, { epoch }: CheckedRows): RuleCount[] {
  if (eventTime === null || epoch === null) return [];
  const { column } = eventTime;
  const { unit, rows } = epoch;
  const about = `${sayMany(rows, 'number')} of ${column} are read as ${unit} since 1970; epochUnit declares it`;
  return [{ ruleId: epochRuleId(column), severity: 'warn', rows, line: null, about }];
}
