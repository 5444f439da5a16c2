import type { CellRole } from '../../domain/cells/cell-role.ts';
import type { ExcludedEntities } from '../../domain/record/erasure/erasure.ts';
import { keyText } from '../duck/key-text.ts';
import { literal } from '../duck/sql.ts';
import type { Duck } from '../duck/connect.ts';
import { textNames } from '../read/cells/cell-sql.ts';
import { typedCell } from '../read/cells/cells.ts';
import type { CheckedRows } from './check-rows.ts';
import type { NamedColumn } from './checked-columns.ts';

/** What separates cells in a line that could not be split. */
const separators = String.raw`[,;|\s"'{}\[\]]+`;

/**
 * Takes rows of excluded entities out of `checked`, `repaired` (of which the log of repairs is written) and
 * `rejected_rows`: by SHA-256 over the key and the cell, since
 * nothing here knows them in clear. An entity that was erased by one key column is looked for in that, and not in those
 * beside it. In a line that could not be split each part between separators is tried.
 */
export async function withoutExcluded(
  duck: Duck,
  checked: CheckedRows,
  excluded: ExcludedEntities | undefined,
): Promise<CheckedRows> {
  const columns = checked.columns.filter(({ name }) => excluded?.columns.includes(name) === true);
  if (excluded === undefined || columns.length === 0) return checked;
  await duck.run(
    `CREATE OR REPLACE TEMP TABLE excluded AS SELECT unnest(CAST(${literal(
      JSON.stringify(excluded.hashes),
    )} AS VARCHAR[])) AS hash`,
  );
  const hashOf = (text: string): string => `sha256(${literal(excluded.key)} || ${text})`;
  const elsewhere = [...(excluded.notIn ?? [])].flatMap(([hash, names]) => names.map((name) => `${hash} ${name}`));
  await duck.run(
    `CREATE OR REPLACE TEMP TABLE excluded_elsewhere AS SELECT unnest(CAST(${literal(
      JSON.stringify(elsewhere),
    )} AS VARCHAR[])) AS place`,
  );
  const isExcluded = ({ role, name }: NamedColumn, value: string): string => {
    const hash = hashOf(`trim(${keyText(value, typeOf[role])})`);
    const isElsewhere = `(${hash} || ${literal(` ${name}`)}) IN (SELECT place FROM excluded_elsewhere)`;
    const isHere = elsewhere.length === 0 ? '' : ` AND NOT ${isElsewhere}`;
    return `coalesce(${hash} IN (SELECT hash FROM excluded)${isHere}, false)`;
  };
  const { repaired } = checked;
  if (repaired !== null) {
    // Also by the name of before, under which an erasure may have known them: a repair may have made another of it.
    const named = columns.flatMap((column) => {
      const { name, role, reading, declared } = column;
      const texts = new Set([repaired.textOf(name), textNames(checked.columns.indexOf(column)).text]);
      return [...texts].map((text) => isExcluded(column, typedCell(role, text, { words: declared.words, reading })));
    });
    const isNamed = named.join(' OR ');
    await duck.run(`DELETE FROM checked WHERE n IN (SELECT n FROM repaired WHERE ${isNamed})`);
    await duck.run(`DELETE FROM repaired WHERE ${isNamed}`);
  } else {
    const isNamed = columns.map((column) => isExcluded(column, column.value)).join(' OR ');
    await duck.run(`DELETE FROM checked WHERE ${isNamed}`);
  }
  // Parts are joined to the hashes: to look through all of these for each line takes milliseconds a line.
  await duck.run(`DELETE FROM rejected_rows WHERE rowid IN (SELECT id FROM (
    SELECT rowid AS id, unnest(regexp_split_to_array(raw, ${literal(separators)})) AS part FROM rejected_rows)
    WHERE ${hashOf('part')} IN (SELECT hash FROM excluded))`);
  const [count] = await duck.rows(`SELECT (SELECT CAST(count(*) AS DOUBLE) FROM checked) AS readable,
    (SELECT CAST(count(*) AS DOUBLE) FROM rejected_rows) AS rejected`);
  return { ...checked, readable: Number(count?.['readable'] ?? 0), rejected: Number(count?.['rejected'] ?? 0) };
}

const typeOf: Record<CellRole, 'DOUBLE' | 'BOOLEAN' | 'BIGINT' | 'VARCHAR'> = {
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'BIGINT',
  category: 'VARCHAR',
  label: 'VARCHAR',
  key: 'VARCHAR',
};
