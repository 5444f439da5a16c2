import { refusedQuery } from './refusals.ts';
import type { Session } from './session.ts';

/** A column of the query. */
export interface QueryColumn {
  readonly name: string;
  /** As the server writes it, domains taken apart: `numeric`, `timestamp with time zone`. */
  readonly type: string;
}

/** The query as a table of the statements around it. On lines of its own: it may end with a comment. */
export function tableOf(query: string): string {
  return `(\n${query}\n) as q`;
}

/** A column of `tableOf`. */
export function columnOf(name: string): string {
  return `q.${quoted(name)}`;
}

/**
 * What the query answers, as the server says: it is one SELECT that only reads. Throws invalid_data naming a column
 * that cannot be taken over exactly.
 */
export async function columnsOf(session: Session, query: string): Promise<readonly QueryColumn[]> {
  // Alone, so that it cannot close the brackets that it is put into; as a table, so that it is a SELECT.
  await session.rows(`explain ${query}`);
  const fields = await session.fields(`select * from ${tableOf(query)} limit 0`);
  const types = await typesOf(
    session,
    fields.map(({ typeOid }) => typeOid),
  );
  const columns = fields.map(({ name, typeOid }) => takeOver(name, types.get(typeOid)));
  const repeated = columns.find(({ name }, at) => columns.findIndex((other) => other.name === name) !== at);
  if (repeated !== undefined)
    throw refusedQuery(`answers two columns named "${repeated.name}"`, 'Give one of them another name with AS.');
  return columns;
}

interface ServerType {
  readonly name: string;
  readonly kind: string;
  readonly category: string;
}

async function typesOf(session: Session, oids: readonly number[]): Promise<ReadonlyMap<number, ServerType>> {
  const rows = await session.rows(
    `with recursive base as (
       select oid as asked, oid, typtype, typbasetype, typcategory from pg_catalog.pg_type
         where oid = any(string_to_array($1, ',')::oid[])
       union all
       select base.asked, t.oid, t.typtype, t.typbasetype, t.typcategory
         from base join pg_catalog.pg_type t on t.oid = base.typbasetype where base.typtype = 'd')
     select asked::text, format_type(oid, null) as name, typtype::text as kind, typcategory::text as category
       from base where typtype <> 'd'`,
    [[...new Set(oids)].join(',')],
  );
  return new Map(
    rows.map(({ asked, name, kind, category }) => [
      Number(asked),
      { name: name ?? '', kind: kind ?? '', category: category ?? '' },
    ]),
  );
}

/** By kind or name of the type: what it is called, and what to do instead. */
const refusedTypes: readonly (readonly [of: (type: ServerType) => boolean, word: string, fix: string])[] = [
  [({ category }) => category === 'A', 'an array', 'turn it into text with array_to_string, or take one element'],
  [({ name }) => name === 'bytea', 'bytes', 'turn them into text with encode'],
  [({ name }) => name === 'money', 'money, whose text depends on the server', 'cast it to numeric'],
  [({ kind }) => kind === 'c' || kind === 'p', 'a record', 'name its members one by one'],
  [({ kind }) => kind === 'r' || kind === 'm', 'a range', 'take lower and upper of it'],
];

function takeOver(name: string, type: ServerType | undefined): QueryColumn {
  if (type === undefined)
    throw refusedQuery(`answers a column "${name}" of an unknown type`, 'Cast it to text or a number.');
  const wrong = refusedTypes.find(([of]) => of(type));
  if (wrong === undefined) return { name, type: type.name };
  throw refusedQuery(`answers ${wrong[1]} in "${name}" (${type.name})`, `Leave it out, or ${wrong[2]}.`);
}

/** One row as a JSON object of texts and nulls, nothing rounded: `{"id": "7", "at": "2026-01-02T03:04:05.000006Z"}`. */
export function jsonRows(query: string, columns: readonly QueryColumn[], tail: string): string {
  const cells = columns.map((column) => `${textOf(column)} as ${quoted(column.name)}`);
  return `select row_to_json(r)::text from (select ${cells.join(', ')} from ${tableOf(query)} ${tail}) as r`;
}

function textOf({ name, type }: QueryColumn): string {
  const cell = columnOf(name);
  if (type === 'timestamp with time zone') return isoOf(cell, `${cell} at time zone 'UTC'`, '"Z"');
  return type === 'timestamp without time zone' ? isoOf(cell, cell, '') : `${cell}::text`;
}

/** What ISO 8601 cannot say (infinity, years before 1) stays the server's own word, which is no time to a contract. */
function isoOf(cell: string, local: string, zone: string): string {
  return (
    `case when isfinite(${cell}) and extract(year from ${local}) between 1 and 9999 ` +
    `then to_char(${local}, 'YYYY-MM-DD"T"HH24:MI:SS.US${zone}') else ${cell}::text end`
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
