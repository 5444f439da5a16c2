import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import { positionKey } from '../traffic/check-lines.ts';
import { keyText } from '../duck/key-text.ts';
import { identifier, literal } from '../duck/sql.ts';

/** Which rows are those of an entity. */
export interface RowsOfEntity {
  /** As requests and sources write it. */
  readonly entity: string;
  /** Columns that name entities; any of them counts. */
  readonly keyColumns: readonly string[];
  /** Positions of its predictions in the log of the model, for rows of traffic. */
  readonly seqs: readonly number[];
}

/** SQL: whether a row of accepted rows, with the columns of `schema` under `nameOf`, is one of the entity. */
export function hasKey(
  schema: readonly SnapshotColumn[],
  { entity, keyColumns }: Pick<RowsOfEntity, 'entity' | 'keyColumns'>,
  nameOf: (column: SnapshotColumn, index: number) => string = ({ name }) => identifier(name),
): string {
  const found = schema.flatMap((column, index) =>
    keyColumns.includes(column.name) ? [`${keyText(nameOf(column, index), column.type)} = ${literal(entity)}`] : [],
  );
  return found.length === 0 ? 'false' : `coalesce(${found.join(' OR ')}, false)`;
}

/** SQL: whether a position is among those of the entity. */
export function isAmong(column: string, seqs: readonly number[]): string {
  if (seqs.length === 0) return 'false';
  return `${column} IN (SELECT unnest(CAST(${literal(JSON.stringify(seqs))} AS BIGINT[])))`;
}

/**
 * SQL: whether a quarantined row, as it stood in its source, is one of the entity. A line that could not be split goes
 * wherever the name stands in it: nobody can tell which cell it was.
 */
export function isQuarantinedOf({ entity, keyColumns, seqs }: RowsOfEntity): string {
  // Not a condition before it: the engine may ask what follows of what is no JSON too.
  const json = `CASE WHEN json_valid(raw) THEN raw ELSE '[]' END`;
  const member = (name: string): string =>
    `json_extract_string(${json}, ${literal(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)})`;
  const cells = keyColumns.map((name) => `trim(${member(name)}) = ${literal(entity.trim())}`);
  const positions = isAmong(`TRY_CAST(${member(positionKey)} AS BIGINT)`, seqs);
  const inLine = keyColumns.length === 0 ? 'false' : `contains(raw, ${literal(entity)})`;
  return `CASE WHEN json_type(${json}) = 'OBJECT'
    THEN coalesce(${[...cells, positions, 'false'].join(' OR ')}, false) ELSE ${inLine} END`;
}
